package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.model.PodInfo;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Does what an experiment asks for by the API, and has the rest done by the daemon. */
final class ApiHands implements Effect.Hands {
    private final KubernetesClient client;
    private final ChaosDaemon daemon;

    ApiHands(KubernetesClient client, ChaosDaemon daemon) {
        this.client = client;
        this.daemon = daemon;
    }

    @Override
    public ChaosDaemon daemon() {
        return daemon;
    }

    @Override
    public void deletePod(PodInfo pod, long gracePeriodSeconds) throws ChaosDaemonException {
        try {
            resource(pod).withGracePeriod(gracePeriodSeconds).delete();
        } catch (KubernetesClientException e) {
            throw new ChaosDaemonException("cannot delete pod " + pod.id() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void swapImages(PodInfo pod, Map<String, String> keyByContainer, String image) throws ChaosDaemonException {
        edit(pod, actual -> {
            Map<String, String> annotations = annotations(actual);
            for (Container container : actual.getSpec().getContainers()) {
                String key = keyByContainer.get(container.getName());
                if (key != null && !annotations.containsKey(key)) {
                    annotations.put(key, container.getImage());
                    container.setImage(image);
                }
            }
            actual.getMetadata().setAnnotations(annotations);
            return actual;
        });
    }

    @Override
    public void restoreImages(PodInfo pod, Map<String, String> keyByContainer) throws ChaosDaemonException {
        edit(pod, actual -> {
            Map<String, String> annotations = annotations(actual);
            for (Container container : actual.getSpec().getContainers()) {
                String image = annotations.remove(keyByContainer.get(container.getName()));
                if (image != null) {
                    container.setImage(image);
                }
            }
            actual.getMetadata().setAnnotations(annotations);
            return actual;
        });
    }

    private void edit(PodInfo pod, UnaryOperator<Pod> change) throws ChaosDaemonException {
        try {
            resource(pod).edit(change);
        } catch (KubernetesClientException e) {
            throw new ChaosDaemonException("cannot change pod " + pod.id() + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, String> annotations(Pod pod) {
        return new LinkedHashMap<>(Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of()));
    }

    private PodResource resource(PodInfo pod) {
        return client.pods().inNamespace(pod.namespace()).withName(pod.name());
    }
}
