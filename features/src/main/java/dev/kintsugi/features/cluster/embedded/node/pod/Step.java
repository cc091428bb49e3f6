package dev.kintsugi.features.cluster.embedded.node.pod;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes of one input.
 *
 * @param operations to be begun, in this order
 * @param notices Events to be told
 * @param nextLook when to look at the latest, null when there is nothing to wait for
 * @param gone nothing is left of the pod, neither in the runtime nor in the cluster
 */
public record Step(
        List<Operation> operations,
        List<Notice> notices,
        @Nullable Instant nextLook,
        boolean gone) {
    public Step {
        operations = List.copyOf(operations);
        notices = List.copyOf(notices);
    }
}
