package dev.kintsugi.reports.baseline;

import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.statistics.Sample;
import dev.kintsugi.reports.statistics.Shift;
import java.util.OptionalInt;

/**
 * How the time from the injection to one mark changed, over the repetitions of a scenario. All times are in milliseconds.
 *
 * @param phase the mark at the end of it; {@link MarkName#FIRST_GOOD} is the recovery
 * @param status improved, unchanged, regressed or too few samples
 * @param before the longest that it can have taken in each repetition of the baseline
 * @param after the same of the current run
 * @param shift by how much it takes longer, with its interval of 95 %
 * @param probability that chance alone makes a difference as large, corrected for all that was judged with it
 * @param enough where there are too few: how many repetitions on each side would likely do; empty for more than can be judged
 */
public record PhaseChange(
        MarkName phase,
        Change.Status status,
        Sample before,
        Sample after,
        Shift shift,
        double probability,
        OptionalInt enough) {}
