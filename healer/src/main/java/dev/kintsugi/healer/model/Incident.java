package dev.kintsugi.healer.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An open diagnosis with all that was done about it. Immutable; the journal holds it before anything is done.
 *
 * @param id correlation id, also the name of its {@code Recovery}
 * @param target what was ill
 * @param workload what owns it, or the target itself if it is one; null for a bare pod
 * @param cause the diagnosis' name
 * @param onset since when it was wrong
 * @param occurrence see {@link Diagnosis#occurrence()}: the latest failure that this incident covers
 * @param ordinal the how-manieth incident of this target, from 1
 * @param deadline when the healer gives up
 * @param attempts oldest first
 * @param refusals the guards that have stopped an action and said so
 * @param goodSince since when every verification step has passed without a break; null if it does not now
 * @param detail for people: the latest word on why it is where it is
 */
public record Incident(
        String id,
        ObjectRef target,
        @Nullable ObjectRef workload,
        String cause,
        String evidence,
        Instant onset,
        int occurrence,
        int ordinal,
        Instant detectedAt,
        Instant deadline,
        Phase phase,
        List<Attempt> attempts,
        Set<String> refusals,
        @Nullable Instant goodSince,
        Verification verification,
        @Nullable Instant closedAt,
        String detail) {

    /** Makes the parts unmodifiable. */
    public Incident {
        attempts = List.copyOf(attempts);
        refusals = Set.copyOf(refusals);
    }

    /** Whether nothing more will be done. */
    public boolean closed() {
        return phase.closed();
    }

    /** Whether an action has been decided and not been verified. */
    public boolean unverified() {
        return phase == Phase.ACTING || phase == Phase.VERIFYING;
    }

    /** The latest attempt; null if there was none. */
    public @Nullable Attempt lastAttempt() {
        return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    }

    /** The first attempt's time; null if there was none. */
    public @Nullable Instant actedAt() {
        return attempts.isEmpty() ? null : attempts.get(0).at();
    }

    /** From detection to the end; null while open. */
    public @Nullable Duration took() {
        return closedAt == null ? null : Duration.between(detectedAt, closedAt);
    }

    /** With an action decided but not yet sent. */
    public Incident acting(Action action, String rung, Instant now) {
        List<Attempt> more = new ArrayList<>(attempts);
        more.add(new Attempt(action.name(), action.on(), now, Attempt.Result.PLANNED, "", rung));
        return with(
                Phase.ACTING, more, refusals, null, Verification.NOT_RUN, null, action.name() + " of " + action.on());
    }

    /** With the answer to the action on its way. */
    public Incident answered(Attempt.Result result, String message) {
        Attempt last = lastAttempt();
        if (phase != Phase.ACTING || last == null) {
            throw new IllegalStateException("an answer without an action on its way: " + id);
        }
        List<Attempt> more = new ArrayList<>(attempts);
        more.set(more.size() - 1, new Attempt(last.action(), last.on(), last.at(), result, message, last.rung()));
        return with(Phase.VERIFYING, more, refusals, null, verification, null, message);
    }

    /** With the answer to the latest attempt unknown, as after a restart of the healer in between. */
    public Incident resumed() {
        return phase == Phase.ACTING
                ? answered(Attempt.Result.UNKNOWN, "the healer was restarted before the answer was known")
                : this;
    }

    /** With a guard's refusal noted. */
    public Incident refused(String guard, String reason) {
        Set<String> more = new HashSet<>(refusals);
        more.add(guard);
        return with(phase, attempts, more, goodSince, verification, closedAt, reason);
    }

    /** With what verification showed; {@code since} is null unless all is good. */
    public Incident verified(Verification shown, @Nullable Instant since, String newDetail) {
        return with(phase, attempts, refusals, since, shown, closedAt, newDetail);
    }

    /** Covering a later failure of the same target too. */
    public Incident covering(int laterOccurrence) {
        return laterOccurrence <= occurrence
                ? this
                : new Incident(
                        id,
                        target,
                        workload,
                        cause,
                        evidence,
                        onset,
                        laterOccurrence,
                        ordinal,
                        detectedAt,
                        deadline,
                        phase,
                        attempts,
                        refusals,
                        goodSince,
                        verification,
                        closedAt,
                        detail);
    }

    /** Whether there is nothing in it that its record in the journal does not say already. */
    public boolean sameRecord(@Nullable Incident other) {
        return other != null && forRecord().equals(other.forRecord());
    }

    private Incident forRecord() {
        return with(phase, attempts, refusals, null, verification, closedAt, closed() ? detail : "");
    }

    /** At its end. */
    public Incident close(Phase end, Instant now, String why) {
        if (!end.closed()) {
            throw new IllegalArgumentException(end + " is not an end");
        }
        return with(end, attempts, refusals, goodSince, verification, now, why);
    }

    private Incident with(
            Phase newPhase,
            List<Attempt> newAttempts,
            Set<String> newRefusals,
            @Nullable Instant newGoodSince,
            Verification newVerification,
            @Nullable Instant newClosedAt,
            String newDetail) {
        return new Incident(
                id,
                target,
                workload,
                cause,
                evidence,
                onset,
                occurrence,
                ordinal,
                detectedAt,
                deadline,
                newPhase,
                newAttempts,
                newRefusals,
                newGoodSince,
                newVerification,
                newClosedAt,
                newDetail);
    }
}
