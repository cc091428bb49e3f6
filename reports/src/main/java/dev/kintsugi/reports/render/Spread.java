package dev.kintsugi.reports.render;

import dev.kintsugi.reports.baseline.Repetitions;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.statistics.Estimate;
import dev.kintsugi.reports.statistics.Sample;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * How a scenario that ran several times turned out.
 *
 * @param name what it is called
 * @param passed how often it passed, such as {@code 9 of 10}; those that were inconclusive or skipped count among the ten
 * @param median half of the recoveries took at most so long, with the interval in which that lies with 95 %
 * @param p95 the same of 95 in 100 recoveries
 */
public record Spread(String name, String passed, String median, String p95) {

    private static final double CONFIDENCE = 0.95;
    private static final double HIGH = 0.95;

    /** One for each scenario of the run that ran more than once. */
    public static List<Spread> of(Run run) {
        return Repetitions.of(run).values().stream()
                .filter(repetitions -> repetitions.all().size() > 1)
                .map(repetitions -> of(repetitions, run.seed()))
                .toList();
    }

    private static Spread of(Repetitions repetitions, long seed) {
        Sample recoveries = new Sample(repetitions.until(MarkName.FIRST_GOOD).stream()
                .map(Recovery::millis)
                .toList());
        return new Spread(
                repetitions.name(),
                String.format(
                        Locale.ROOT,
                        "%d of %d",
                        repetitions.passed(),
                        repetitions.all().size()),
                figure(recoveries, Sample::median, seed),
                figure(recoveries, sample -> sample.quantile(HIGH), seed));
    }

    private static String figure(Sample recoveries, ToDoubleFunction<Sample> figure, long seed) {
        if (recoveries.size() == 0) {
            return "–";
        }
        Estimate estimate = Estimate.of(recoveries, figure, CONFIDENCE, seed);
        return Figures.duration(estimate.value()) + " (" + Figures.interval(estimate.lower(), estimate.upper()) + ")";
    }
}
