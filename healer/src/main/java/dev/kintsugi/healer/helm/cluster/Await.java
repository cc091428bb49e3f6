package dev.kintsugi.healer.helm.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Waits for conditions, each within Helm's time-out. A request that fails meanwhile is repeated at the next look. */
final class Await {

    /** A time-out in Helm's words. */
    static final String TIMED_OUT = "context deadline exceeded";

    private final Duration timeout;
    private final Duration period;
    private final Pace pace;
    private final BooleanSupplier mayAct;

    Await(Duration timeout, Duration period, Pace pace, BooleanSupplier mayAct) {
        this.timeout = timeout;
        this.period = period;
        this.pace = pace;
        this.mayAct = mayAct;
    }

    /** Something that holds, or does not yet. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws ApiProblem, RollbackFailure;
    }

    /** Returns once the condition holds, and false when time is up. */
    boolean until(Condition condition) throws RollbackFailure, CutOff {
        Instant end = pace.now().plus(timeout);
        while (true) {
            if (!mayAct.getAsBoolean()) {
                throw new CutOff("no longer allowed to act");
            }
            if (holds(condition)) {
                return true;
            }
            if (!pace.now().isBefore(end)) {
                return false;
            }
            try {
                pace.pause(period);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CutOff("interrupted");
            }
        }
    }

    private static boolean holds(Condition condition) throws RollbackFailure {
        try {
            return condition.holds();
        } catch (ApiProblem e) {
            return false;
        }
    }
}
