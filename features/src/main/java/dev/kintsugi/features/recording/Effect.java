package dev.kintsugi.features.recording;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** How a fault shows itself to somebody outside, so that a fault which did not bite cannot pass for one which did. */
public sealed interface Effect {

    /** Each of these pods is gone: its UID was deleted. */
    record PodsGone(Set<String> uids) implements Effect {
        public PodsGone {
            uids = Set.copyOf(uids);
        }
    }

    /** A container of the pod was ended by the kernel for want of memory: reason OOMKilled, exit code 137. */
    record OomKilled(String podUid, int restartsBefore) implements Effect {}

    /**
     * On the path to the target, {@code atLeast} requests sent after the injection failed or came later than
     * {@code lateAfter}, which none did in the steady state.
     */
    record PathDegraded(String stream, Duration lateAfter, int atLeast) implements Effect {}

    /** The target answers nothing any more: {@code inARow} consecutive requests on its path failed. */
    record Unresponsive(String stream, int inARow) implements Effect {}

    /** All of them must show. */
    record All(List<Effect> effects) implements Effect {
        public All {
            effects = List.copyOf(effects);
        }
    }
}
