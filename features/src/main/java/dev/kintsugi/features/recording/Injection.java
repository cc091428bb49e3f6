package dev.kintsugi.features.recording;

import java.util.List;
import java.util.OptionalLong;

/**
 * A fault that was put in, as the recorder knows it.
 *
 * @param requestedNanos when the request that injects it was sent: the fault cannot have begun before
 * @param injectedNanos when it was first seen to be in place
 * @param evidence what showed that it is in place
 * @param targets the pods it was aimed at, as they were just before
 * @param effect how it must show
 * @param liftedNanos when it was taken out again, if it was
 */
public record Injection(
        long requestedNanos,
        long injectedNanos,
        String evidence,
        List<Observation.Pod> targets,
        Effect effect,
        OptionalLong liftedNanos) {

    public Injection {
        targets = List.copyOf(targets);
    }

    /** The same fault, known to be lifted. */
    public Injection lifted(long atNanos) {
        return new Injection(requestedNanos, injectedNanos, evidence, targets, effect, OptionalLong.of(atNanos));
    }
}
