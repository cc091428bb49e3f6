package dev.kintsugi.features.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.control.ControlPlane;
import dev.kintsugi.features.cluster.embedded.network.PodNetwork;
import dev.kintsugi.features.cluster.embedded.node.Images;
import dev.kintsugi.features.cluster.embedded.node.NodeAgents;
import dev.kintsugi.features.cluster.embedded.node.NodeOptions;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 1,000 nodes and 20,000 simulated pods, from their creation until all are ready. */
class ScaleBenchmark {

    private static final int NODES = 1_000;
    private static final int DEPLOYMENTS = 200;
    private static final int REPLICAS = 100;
    private static final Duration LIMIT = Duration.ofMinutes(20);

    @TempDir
    private Path folder;

    @Test
    void aThousandNodesRunTwentyThousandPods() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
                KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                        .build();
                ControlPlane control = ControlPlane.start(client, Timings.real(), InstantSource.system(), 1);
                PodNetwork network = PodNetwork.start(1);
                NodeAgents nodes = NodeAgents.start(
                        client,
                        NodeOptions.of(NODES, Timings.real(), Images.of("none", List.of("none")), folder, 1),
                        network)) {
            assertThat(List.of(control, nodes)).isNotEmpty();
            long begin = System.nanoTime();
            Awaitility.await("nodes")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> ready(client));
            report("%d nodes ready after %.1f s%n", NODES, seconds(begin));

            long cpu = system.getProcessCpuTime();
            begin = System.nanoTime();
            for (int number = 0; number < DEPLOYMENTS; number++) {
                client.resource(deployment(number)).create();
            }
            report("%d Deployments created after %.1f s%n", DEPLOYMENTS, seconds(begin));
            Awaitility.await("pods")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> readyReplicas(client) == DEPLOYMENTS * REPLICAS);
            double took = seconds(begin);
            double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            report(
                    "%d pods ready after %.1f s, %.0f a second, %.1f ms CPU each, %d MiB of heap in use, %d threads%n",
                    DEPLOYMENTS * REPLICAS,
                    took,
                    DEPLOYMENTS * REPLICAS / took,
                    cpuSeconds * 1e3 / (DEPLOYMENTS * REPLICAS),
                    heap >> 20,
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }
    }

    private static boolean ready(KubernetesClient client) {
        return client.nodes().list().getItems().stream()
                        .filter(node -> node.getStatus().getConditions().stream()
                                .anyMatch(c -> c.getType().equals("Ready")
                                        && c.getStatus().equals("True")))
                        .count()
                == NODES;
    }

    private static int readyReplicas(KubernetesClient client) {
        return client.apps().deployments().inNamespace("default").list().getItems().stream()
                .map(deployment -> deployment.getStatus().getReadyReplicas())
                .mapToInt(ready -> ready == null ? 0 : ready)
                .sum();
    }

    private static Deployment deployment(int number) {
        Map<String, String> labels = Map.of("app", "app-" + number);
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("app-" + number)
                .endMetadata()
                .withNewSpec()
                .withReplicas(REPLICAS)
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("example.com/simulated:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    private static void report(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }
}
