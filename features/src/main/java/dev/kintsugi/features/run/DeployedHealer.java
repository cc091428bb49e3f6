package dev.kintsugi.features.run;

import dev.kintsugi.features.recording.Inconclusive;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The healer that runs in the cluster, as the chart installs it. It is switched by the size of its Deployment, which is what
 * it was before when the run is over; its settings are left as they are.
 */
final class DeployedHealer implements HealerSwitch {

    private static final Logger log = LoggerFactory.getLogger(DeployedHealer.class);
    private static final Map<String, String> LABELS =
            Map.of("app.kubernetes.io/name", "healer", "app.kubernetes.io/part-of", "kintsugi");
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final int replicasBefore;

    private DeployedHealer(KubernetesClient client, Deployment deployment) {
        this.client = client;
        this.namespace = deployment.getMetadata().getNamespace();
        this.name = deployment.getMetadata().getName();
        this.replicasBefore = replicas(deployment);
    }

    /** The one that there is, switched on or off. */
    static Optional<DeployedHealer> find(KubernetesClient client) {
        return client.apps().deployments().inAnyNamespace().withLabels(LABELS).list().getItems().stream()
                .findFirst()
                .map(deployment -> new DeployedHealer(client, deployment));
    }

    /** Whether it was switched on when it was found. */
    boolean wasOn() {
        return replicasBefore > 0;
    }

    @Override
    public void on() {
        scale(Math.max(1, replicasBefore));
        await("ready", healer -> ready(healer) >= replicas(healer));
    }

    @Override
    public void off() {
        scale(0);
        await(
                "gone",
                healer -> healer.getStatus() == null
                        || Objects.requireNonNullElse(healer.getStatus().getReplicas(), 0) == 0);
    }

    private void scale(int replicas) {
        Deployment current = resource().require();
        if (replicas(current) != replicas) {
            resource().scale(replicas);
        }
    }

    private void await(String what, Predicate<Deployment> condition) {
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(200))
                    .atMost(PATIENCE)
                    .until(() -> {
                        Deployment seen = resource().require();
                        return isObserved(seen) && condition.test(seen);
                    });
        } catch (ConditionTimeoutException e) {
            throw new Inconclusive(this + " was not " + what + " within " + PATIENCE.toSeconds() + " s", e);
        }
    }

    private static boolean isObserved(Deployment deployment) {
        return deployment.getStatus() != null
                && Objects.equals(
                        deployment.getStatus().getObservedGeneration(),
                        deployment.getMetadata().getGeneration());
    }

    private static int replicas(Deployment deployment) {
        return Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1);
    }

    private static int ready(Deployment deployment) {
        return Objects.requireNonNullElse(deployment.getStatus().getReadyReplicas(), 0);
    }

    private RollableScalableResource<Deployment> resource() {
        return client.apps().deployments().inNamespace(namespace).withName(name);
    }

    @Override
    public void close() {
        try {
            scale(replicasBefore);
        } catch (KubernetesClientException e) {
            log.warn("{} cannot be scaled back to {} replicas: {}", this, replicasBefore, e.getMessage());
        }
    }

    @Override
    public String toString() {
        return "healer deployment " + namespace + "/" + name;
    }
}
