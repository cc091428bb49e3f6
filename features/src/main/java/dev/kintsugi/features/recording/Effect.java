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

    /** A container of the pod was started again. */
    record Restarted(String podUid, int restartsBefore) implements Effect {}

    /** The pod, which was ready, is not any more. */
    record Unready(String podUid) implements Effect {}

    /** {@code atLeast} requests on the path to the target were answered with this status. */
    record Answered(String stream, int status, int atLeast) implements Effect {}

    /** {@code atLeast} answers on the path to the target carried {@link Reply#ALTERED}. */
    record Altered(String stream, int atLeast) implements Effect {}

    /**
     * The pod spends CPU time: at least {@link Proofs#MOST} of what was asked for, above what it spent before.
     *
     * @param asked CPUs that the stressors are to keep busy
     * @param before CPUs that it used before the injection
     */
    record CpuSpent(String podUid, double asked, double before) implements Effect {}

    /** It shows to nobody outside. */
    record Unseen(String podUid, String why) implements Effect {}

    /** All of them must show. */
    record All(List<Effect> effects) implements Effect {
        public All {
            effects = List.copyOf(effects);
        }
    }
}
