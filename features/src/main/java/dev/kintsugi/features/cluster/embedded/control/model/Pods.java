package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the loops ask of a pod. */
public final class Pods {

    private Pods() {}

    /** The phase; empty if it has none yet. */
    public static String phase(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getPhase() == null
                ? ""
                : pod.getStatus().getPhase();
    }

    /** Whether all containers have ended for good. */
    public static boolean hasEnded(Pod pod) {
        return phase(pod).equals("Succeeded") || phase(pod).equals("Failed");
    }

    /** Whether it is being deleted. */
    public static boolean isTerminating(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** Whether it counts as a replica: neither ended nor being deleted. */
    public static boolean isActive(Pod pod) {
        return !hasEnded(pod) && !isTerminating(pod);
    }

    /** Whether it has been given a node. */
    public static boolean isAssigned(Pod pod) {
        String node = pod.getSpec().getNodeName();
        return node != null && !node.isEmpty();
    }

    /** The ports of its node that it takes, e.g. {@code TCP/8080}; the address is left out, since a node here has one. */
    public static List<String> hostPorts(Pod pod) {
        List<String> ports = new ArrayList<>();
        for (Container container : pod.getSpec().getContainers()) {
            if (container.getPorts() != null) {
                container.getPorts().stream()
                        .filter(port -> port.getHostPort() != null && port.getHostPort() > 0)
                        .forEach(port -> ports.add(
                                Objects.requireNonNullElse(port.getProtocol(), "TCP") + "/" + port.getHostPort()));
            }
        }
        return ports;
    }

    /** The condition of a type. */
    public static Optional<PodCondition> condition(Pod pod, String type) {
        return pod.getStatus() == null || pod.getStatus().getConditions() == null
                ? Optional.empty()
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals(type))
                        .findFirst();
    }

    /** Whether its Ready condition is True. */
    public static boolean isReady(Pod pod) {
        return ready(pod).isPresent();
    }

    private static Optional<PodCondition> ready(Pod pod) {
        return condition(pod, "Ready").filter(condition -> "True".equals(condition.getStatus()));
    }

    /** Since when it has been ready; empty if it is not. */
    public static Optional<Instant> readySince(Pod pod) {
        return ready(pod).map(condition -> Times.parse(condition.getLastTransitionTime()));
    }

    /** How long it still takes until it has been ready for long enough: zero if it is available, empty if it is not ready. */
    public static Optional<Duration> untilAvailable(Pod pod, Duration minReady, Instant now) {
        if (minReady.isZero()) {
            return ready(pod).map(condition -> Duration.ZERO);
        }
        return readySince(pod)
                .map(since -> Duration.between(now, since.plus(minReady)))
                .map(left -> left.isNegative() ? Duration.ZERO : left);
    }

    /** Whether it has been ready for long enough. */
    public static boolean isAvailable(Pod pod, Duration minReady, Instant now) {
        return untilAvailable(pod, minReady, now).filter(Duration::isZero).isPresent();
    }

    /** When the next of these pods will have been ready for long enough; null if no ready one still has to wait. */
    public static @Nullable Duration nextAvailable(Collection<Pod> pods, Duration minReady, Instant now) {
        return pods.stream()
                .flatMap(pod -> untilAvailable(pod, minReady, now).stream())
                .filter(left -> !left.isZero())
                .min(Duration::compareTo)
                .orElse(null);
    }
}
