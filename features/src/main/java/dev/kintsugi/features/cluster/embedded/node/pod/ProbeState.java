package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where one probe of one container stands ({@code prober/worker.go} of the kubelet): immutable.
 *
 * @param begunAt when the pod's probes began; the periods are counted from here
 * @param runId the run that the fields below are about, null before the first
 * @param verdict what is believed: true good, false bad, null not known yet (a startup probe without answer)
 * @param last last single answer, null before the first
 * @param streak how many answers in a row were like the last
 * @param held a run that failed its liveness or startup probe is not asked again
 * @param asking whether an answer is outstanding
 * @param nextAt when to ask next
 */
record ProbeState(
        Instant begunAt,
        @Nullable String runId,
        @Nullable Boolean verdict,
        @Nullable Boolean last,
        int streak,
        boolean held,
        boolean asking,
        Instant nextAt) {

    private static final int DEFAULT_PERIOD_SECONDS = 10;

    static ProbeState begin(Instant now) {
        return new ProbeState(now, null, null, null, 0, false, false, now);
    }

    /** For a run that has just been seen: nothing is known of it. */
    ProbeState forRun(String run, ProbeKind kind) {
        Boolean assumed = kind == ProbeKind.STARTUP ? null : Boolean.valueOf(kind.assumed());
        return new ProbeState(begunAt, run, assumed, last, streak, false, false, nextAt);
    }

    /** After a tick; the next one is the first multiple of the period after now. */
    ProbeState ticked(Probe probe, Instant now) {
        Duration period = Duration.ofSeconds(orDefault(probe.getPeriodSeconds(), DEFAULT_PERIOD_SECONDS));
        long passed = Duration.between(begunAt, now).dividedBy(period);
        return new ProbeState(
                begunAt, runId, verdict, last, streak, held, asking, begunAt.plus(period.multipliedBy(passed + 1)));
    }

    ProbeState asked() {
        return new ProbeState(begunAt, runId, verdict, last, streak, held, true, nextAt);
    }

    /** When the answer is of no use, or of another run. */
    ProbeState unanswered() {
        return new ProbeState(begunAt, runId, verdict, last, streak, held, false, nextAt);
    }

    /** To be asked at once, besides its period. */
    ProbeState hurried(Instant now) {
        return new ProbeState(begunAt, runId, verdict, last, streak, held, asking, now);
    }

    /** With a verdict reached without asking. */
    ProbeState judged(boolean good) {
        return new ProbeState(begunAt, runId, good, last, streak, held, asking, nextAt);
    }

    /**
     * With one more answer. The verdict changes only after {@code failureThreshold} bad or {@code successThreshold} good answers in a
     * row (default 3 and 1). After a bad verdict of a liveness or startup probe the run is not asked again.
     */
    ProbeState answered(Probe probe, ProbeKind kind, boolean good) {
        int row = last != null && last == good ? streak + 1 : 1;
        int needed = good ? orDefault(probe.getSuccessThreshold(), 1) : orDefault(probe.getFailureThreshold(), 3);
        if (row < needed) {
            return new ProbeState(begunAt, runId, verdict, good, row, held, false, nextAt);
        }
        boolean hold = !good && kind != ProbeKind.READINESS;
        return new ProbeState(begunAt, runId, good, good, hold ? 0 : row, hold, false, nextAt);
    }

    boolean is(boolean good) {
        return verdict != null && verdict == good;
    }

    private static int orDefault(@Nullable Integer value, int otherwise) {
        return value == null || value == 0 ? otherwise : value;
    }
}
