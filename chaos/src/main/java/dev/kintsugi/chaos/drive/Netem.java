package dev.kintsugi.chaos.drive;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Which nodes cannot lose, delay or garble packets, as their kernel has no {@code sch_netem}. It is asked of the node itself,
 * through Chaos Mesh's daemon there, which runs privileged with the node's modules mounted. A node that cannot be asked is not
 * named: only what is known is.
 */
final class Netem {
    private static final String DAEMON = "app.kubernetes.io/component";
    private static final int MOST_NODES = 20;
    private static final long PATIENCE_SECONDS = 3;
    private static final int ABSENT = 3;

    /** Loaded or built in, else loadable without loading it; only where the modules can be seen is "no" an answer. */
    private static final String ASK = "[ -d /sys/module/sch_netem ] || ! [ -d /lib/modules/$(uname -r) ]"
            + " || modprobe -n -q sch_netem || exit " + ABSENT;

    private Netem() {}

    static Set<String> missing(KubernetesClient client) {
        List<Pod> daemons;
        try {
            daemons = client.pods().inAnyNamespace().withLabel(DAEMON, "chaos-daemon").list().getItems().stream()
                    .filter(ClusterReader::isReady)
                    .limit(MOST_NODES)
                    .toList();
        } catch (KubernetesClientException e) {
            return Set.of();
        }
        Set<String> missing = new HashSet<>();
        for (Pod daemon : daemons) {
            if (isMissing(client, daemon)) {
                missing.add(daemon.getSpec().getNodeName());
            }
        }
        return missing;
    }

    private static boolean isMissing(KubernetesClient client, Pod daemon) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (ExecWatch exec = client.pods()
                .inNamespace(daemon.getMetadata().getNamespace())
                .withName(daemon.getMetadata().getName())
                .writingOutput(said)
                .writingError(said)
                .exec("sh", "-c", ASK)) {
            Integer code = exec.exitCode().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return code != null && code == ABSENT;
        } catch (ExecutionException | TimeoutException | KubernetesClientException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
