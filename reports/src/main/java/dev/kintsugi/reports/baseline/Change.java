package dev.kintsugi.reports.baseline;

import dev.kintsugi.reports.model.Recovery;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one scenario changed from the baseline to the current run.
 *
 * @param id id of the scenario
 * @param name its name, in the current run if it is there
 * @param status what became of it
 * @param before its recovery in the baseline, the middle one of several; null when there was none
 * @param after its recovery in the current run, the middle one of several; null when there was none
 * @param reason why, where the two figures do not say it; empty where they do
 * @param phases what can be said of each phase; empty unless it ran more than once
 */
public record Change(
        String id,
        String name,
        Status status,
        @Nullable Recovery before,
        @Nullable Recovery after,
        String reason,
        List<PhaseChange> phases) {

    /** What became of a scenario. */
    public enum Status {
        /** It recovers faster beyond doubt, or it failed and passes now. */
        IMPROVED,
        /** The difference is within the tolerance; of single measurements also within what the measurement can tell. */
        UNCHANGED,
        /** It recovers more slowly beyond doubt, or it passed and fails now. */
        REGRESSED,
        /** It ran several times, but not often enough to tell a change that matters from chance. */
        TOO_FEW_SAMPLES,
        /** It is in the baseline only. */
        MISSING,
        /** It is in the current run only. */
        NEW,
        /** One of the two says nothing, or they were not taken alike. */
        NOT_COMPARABLE
    }

    public Change {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(reason, "reason");
        phases = List.copyOf(phases);
    }

    /** Change of the longest that the recovery can have taken, in milliseconds; above 0 when it became slower. */
    public Optional<Double> millis() {
        return before == null || after == null ? Optional.empty() : Optional.of(after.millis() - before.millis());
    }

    /** The same in percent of what it was; none when it was 0. */
    public Optional<Double> percent() {
        return before == null || before.millis() == 0
                ? Optional.empty()
                : millis().map(change -> 100 * change / before.millis());
    }
}
