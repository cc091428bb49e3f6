package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The time that a pod may be active ({@code activeDeadlineHandler} of the kubelet). */
final class ActiveDeadline {

    static final String REASON = "DeadlineExceeded";
    static final String MESSAGE = "Pod was active on the node longer than the specified deadline";

    private ActiveDeadline() {}

    /** {@code activeDeadlineSeconds} after the pod's start; empty when it may be active for ever, or has not begun to be. */
    static Optional<Instant> of(Pod pod, @Nullable PodStatus status) {
        Long seconds = pod.getSpec().getActiveDeadlineSeconds();
        return seconds == null || status == null || status.getStartTime() == null
                ? Optional.empty()
                : Optional.of(Instant.parse(status.getStartTime()).plusSeconds(seconds));
    }
}
