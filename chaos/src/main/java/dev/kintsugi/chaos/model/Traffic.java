package dev.kintsugi.chaos.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packets that a network fault meets.
 *
 * @param peer the pods at the other end; null means everybody
 * @param externalTargets addresses or names outside the cluster at the other end
 */
public record Traffic(Direction direction, @Nullable Target peer, List<String> externalTargets) {

    public Traffic {
        externalTargets = List.copyOf(externalTargets);
    }

    /** All that leaves the selected pods, whoever it is for. */
    public static Traffic outgoing() {
        return new Traffic(Direction.TO, null, List.of());
    }

    /** The traffic with certain pods. */
    public static Traffic with(Direction direction, Target peer) {
        return new Traffic(direction, peer, List.of());
    }

    /** The same traffic with other pods. */
    public Traffic withPeer(Target other) {
        return new Traffic(direction, other, externalTargets);
    }

    /**
     * Delay, loss and the like act where packets leave, so {@code from} and {@code both} need to know the pods at the
     * other end. (A rule of Chaos Mesh's webhook; a partition is free of it.)
     */
    void requireSender() {
        if (direction == Direction.TO) {
            return;
        }
        if (!externalTargets.isEmpty()) {
            throw new InvalidExperiment(
                    "spec.direction",
                    direction.text(),
                    "external targets cannot be used with `from` and `both` direction in netem action yet",
                    "use direction to, or name the pods at the other end in spec.target");
        }
        if (peer == null) {
            throw new InvalidExperiment(
                    "spec.direction",
                    direction.text(),
                    "`from` and `both` direction cannot be used when targets is empty in netem action",
                    "use direction to, or name the pods at the other end in spec.target");
        }
    }
}
