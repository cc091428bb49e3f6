package dev.kintsugi.features.cluster.existing;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Runs an image once: no list that a cluster keeps says for certain whether its nodes can have it. */
final class ImageTrial {

    private static final String SUBJECT = "image";
    private static final String NAME = "kintsugi-doctor";
    /** The kubelet's reasons for a container that waits for good, or until somebody helps. */
    private static final Set<String> HOPELESS = Set.of(
            "ErrImagePull",
            "ImagePullBackOff",
            "InvalidImageName",
            "ErrImageNeverPull",
            "ImageInspectError",
            "RegistryUnavailable",
            "CreateContainerConfigError",
            "CreateContainerError",
            "RunContainerError");

    private final KubernetesClient client;
    private final String image;

    ImageTrial(KubernetesClient client, String image) {
        this.client = client;
        this.image = image;
    }

    Finding run(Duration patience) {
        String namespace = NAME + "-" + Long.toString(System.nanoTime() & Integer.MAX_VALUE, Character.MAX_RADIX);
        try {
            client.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .addToLabels("app.kubernetes.io/managed-by", "kintsugi")
                            .endMetadata()
                            .build())
                    .create();
            awaitServiceAccount(namespace, patience);
            client.resource(pod(namespace)).create();
            return Awaitility.await()
                    .pollInterval(Duration.ofMillis(100))
                    .atMost(patience)
                    .until(
                            () -> verdict(client.pods()
                                    .inNamespace(namespace)
                                    .withName(NAME)
                                    .require()),
                            Optional::isPresent)
                    .orElseThrow();
        } catch (ConditionTimeoutException e) {
            return Finding.warn(
                    SUBJECT,
                    image + " did not start within " + patience.toSeconds() + " s",
                    "kubectl describe pod shows why, while a run waits for it");
        } catch (KubernetesClientException e) {
            return Finding.fail(
                    SUBJECT, "no pod may run: " + ConnectionFailure.told(e), "see to admission and permissions");
        } finally {
            client.namespaces().withName(namespace).delete();
        }
    }

    /** A pod is refused until a controller has made the account that it runs by. */
    private void awaitServiceAccount(String namespace, Duration patience) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(50))
                .atMost(patience)
                .until(() -> client.serviceAccounts()
                                .inNamespace(namespace)
                                .withName("default")
                                .get()
                        != null);
    }

    private Optional<Finding> verdict(Pod pod) {
        if (pod.getStatus() == null || pod.getStatus().getContainerStatuses().isEmpty()) {
            return Optional.empty();
        }
        ContainerState state = pod.getStatus().getContainerStatuses().get(0).getState();
        if (state.getRunning() != null || state.getTerminated() != null) {
            return Optional.of(Finding.ok(SUBJECT, image + " starts"));
        }
        if (state.getWaiting() != null && HOPELESS.contains(state.getWaiting().getReason())) {
            return Optional.of(Finding.fail(
                    SUBJECT,
                    image + ": " + state.getWaiting().getReason(),
                    "push it to a registry that the nodes can pull from, and name it by --sample-app-image"));
        }
        return Optional.empty();
    }

    private Pod pod(String namespace) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(0L)
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("app")
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .endContainer()
                .endSpec()
                .build();
    }
}
