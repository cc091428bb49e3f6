package dev.kintsugi.features.cluster.embedded.node.pod;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.node.simulation.ImageStore;
import dev.kintsugi.features.cluster.embedded.node.simulation.Simulation;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which of a pod's containers may be started now, and why the others could not be started the last time. */
final class StartGate {

    private final Map<String, WaitingReason> reasons = new HashMap<>();
    private Backoff restarts;
    private Backoff pulls;

    StartGate(Timings timings) {
        restarts = new Backoff(timings.crashBackOffInitial(), timings.crashBackOffMax(), timings.crashBackOffReset());
        Duration longest = timings.imageBackOffMax();
        pulls = new Backoff(timings.imageBackOffInitial(), longest, longest.multipliedBy(2));
    }

    /** Lets a container start unless its back-off is not over or its image cannot be had. */
    boolean passes(Pod pod, Container container, RuntimeView view, Notices notices, Instant now) {
        String name = container.getName();
        boolean passes = mayRestart(pod, container, view, notices, now) && hasImage(pod, container, notices, now);
        if (passes) {
            reasons.remove(name);
        }
        return passes;
    }

    /**
     * A container whose back-off, counted from the end of its last run, is not over waits with {@code CrashLoopBackOff}
     * ({@code doBackOff} of the kubelet). A changed image makes it another container, which begins anew.
     */
    private boolean mayRestart(Pod pod, Container container, RuntimeView view, Notices notices, Instant now) {
        String name = container.getName();
        Optional<Instant> endedAt = view.lastEnd(name).map(ContainerRun.Exit::at);
        if (endedAt.isEmpty()) {
            return true;
        }
        String key = name + " " + container.getImage();
        if (restarts.holdsSince(key, endedAt.get(), now)) {
            String message = "back-off " + Times.text(restarts.of(key)) + " restarting failed container=" + name
                    + " pod=" + identity(pod);
            reasons.put(name, new WaitingReason("CrashLoopBackOff", message));
            String told = "Back-off restarting failed container " + name + " in pod " + identity(pod);
            notices.warning(pod, name, "BackOff", told);
            return false;
        }
        restarts = restarts.grown(key, endedAt.get(), now);
        return true;
    }

    /**
     * An image that is not on the node is pulled; a pull that failed is not tried again before its back-off is over
     * ({@code EnsureImageExists} of the kubelet).
     */
    private boolean hasImage(Pod pod, Container container, Notices notices, Instant now) {
        String name = container.getName();
        String image = container.getImage();
        String policy = container.getImagePullPolicy() == null ? "IfNotPresent" : container.getImagePullPolicy();
        Optional<ImageStore.Failure> failure = ImageStore.failure(image, policy, missing(pod, name));
        if (failure.isEmpty()) {
            notices.normal(pod, name, "Pulled", "Container image \"" + image + "\" already present on machine");
            return true;
        }
        String message = failure.get().message();
        switch (failure.get().fault()) {
            case INVALID_NAME -> {
                notices.warning(pod, name, "InspectFailed", message);
                refuse(pod, name, new WaitingReason("InvalidImageName", message), notices);
            }
            case NEVER_PULLED -> {
                notices.warning(pod, name, "ErrImageNeverPull", message);
                refuse(pod, name, new WaitingReason("ErrImageNeverPull", message), notices);
            }
            case CANNOT_PULL -> pull(pod, name, image, message, notices, now);
        }
        return false;
    }

    private void pull(Pod pod, String name, String image, String error, Notices notices, Instant now) {
        if (pulls.holds(image, now)) {
            String message = "Back-off pulling image \"" + image + "\"";
            notices.normal(pod, name, "BackOff", message);
            refuse(pod, name, new WaitingReason("ImagePullBackOff", message), notices);
        } else {
            notices.normal(pod, name, "Pulling", "Pulling image \"" + image + "\"");
            notices.warning(pod, name, "Failed", "Failed to pull image \"" + image + "\": " + error);
            pulls = pulls.grown(image, now, now);
            refuse(pod, name, new WaitingReason("ErrImagePull", error), notices);
        }
    }

    private void refuse(Pod pod, String name, WaitingReason reason, Notices notices) {
        reasons.put(name, reason);
        notices.warning(pod, name, "Failed", "Error: " + reason.reason());
    }

    /** A container that was let through could not be started, or not as it should be. */
    void failed(String container, WaitingReason reason) {
        reasons.put(container, reason);
    }

    /** By container, for those that could not be started the last time. */
    Map<String, WaitingReason> reasons() {
        return reasons;
    }

    /** An annotation that cannot be read is met when the container is started. */
    private static boolean missing(Pod pod, String container) {
        try {
            return Simulation.of(pod.getMetadata().getAnnotations(), container).imageMissing();
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    /** As the kubelet names pods in messages. */
    private static String identity(Pod pod) {
        return pod.getMetadata().getName() + "_" + pod.getMetadata().getNamespace() + "("
                + pod.getMetadata().getUid() + ")";
    }
}
