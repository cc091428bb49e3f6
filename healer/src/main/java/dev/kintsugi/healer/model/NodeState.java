package dev.kintsugi.healer.model;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node.
 *
 * @param since since when it is so: not ready, gone, or ready without a change of any of its conditions
 * @param detail for people: how its Ready condition stands
 * @param troubles the conditions that are True, apart from Ready; which of them mean trouble is a matter of policy
 * @param cordoned new pods are kept away from it
 * @param cordonedByHealer when the healer did that, if nobody has changed it since; null otherwise
 * @param controlPlane it carries the control plane
 * @param settings its own annotations
 */
public record NodeState(
        ObjectRef ref,
        Condition condition,
        Instant since,
        String detail,
        List<Trouble> troubles,
        boolean cordoned,
        @Nullable Instant cordonedByHealer,
        boolean controlPlane,
        Settings settings) {

    private static final Set<String> KUBERNETES =
            Set.of("NetworkUnavailable", "MemoryPressure", "DiskPressure", "PIDPressure");

    /** Makes the list unmodifiable. */
    public NodeState {
        troubles = List.copyOf(troubles);
    }

    /** One of which only the name and its condition are known. */
    public NodeState(String name, Condition condition, Instant since) {
        this(
                new ObjectRef("v1", "Node", "", name, ""),
                condition,
                since,
                "",
                List.of(),
                false,
                null,
                false,
                Settings.NONE);
    }

    /** What is known of the node. */
    public enum Condition {
        /** Its Ready condition is True. */
        READY,
        /** Its Ready condition is False or Unknown: its pods are as last reported. */
        NOT_READY,
        /** The API has no such node. */
        GONE
    }

    /**
     * A condition that may say that something is wrong.
     *
     * @param type as it stands in the node's status, e.g. {@code DiskPressure}
     * @param message the condition's reason and message
     */
    public record Trouble(String type, Instant since, String message) {}

    /** Its name. */
    public String name() {
        return ref.name();
    }

    /**
     * Whether it is ready, and nothing that Kubernetes itself or somebody says means trouble is wrong with it. Other
     * conditions are left alone, as True may be their good state.
     *
     * @param problemConditions the types of condition that mean trouble besides Kubernetes' own
     */
    public boolean good(Set<String> problemConditions) {
        return condition == Condition.READY
                && troubles.stream()
                        .noneMatch(t -> KUBERNETES.contains(t.type()) || problemConditions.contains(t.type()));
    }
}
