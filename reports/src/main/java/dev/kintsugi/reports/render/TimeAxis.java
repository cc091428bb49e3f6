package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.RequestBucket;
import dev.kintsugi.reports.model.ScenarioResult;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * Maps the time of one scenario to the width of its chart.
 *
 * @param from first instant shown, at most 0
 * @param until last instant shown, after {@code from}
 * @param left x of the first
 * @param right x of the last
 */
record TimeAxis(double from, double until, double left, double right) {

    /** A line of the grid with what is written under it. */
    record Tick(double x, String label) {}

    /** Shows everything that was measured: from the first request, or the injection, to the last mark or request. */
    static TimeAxis of(ScenarioResult scenario, double left, double right) {
        List<RequestBucket> buckets = scenario.requests().buckets();
        double from = buckets.isEmpty() ? 0 : Math.min(0, buckets.get(0).atMillis());
        double lastMark =
                scenario.marks().stream().mapToDouble(Mark::atMillis).max().orElse(0);
        double lastRequest = buckets.isEmpty()
                ? 0
                : buckets.get(buckets.size() - 1).atMillis()
                        + scenario.requests().bucketMillis();
        double faultEnd =
                scenario.faultWindow() == null ? 0 : scenario.faultWindow().untilMillis();
        double until =
                DoubleStream.of(lastMark, lastRequest, faultEnd, 100).max().orElseThrow();
        return new TimeAxis(from, until, left, right);
    }

    double x(double millis) {
        return left + (millis - from) / (until - from) * (right - left);
    }

    double width() {
        return right - left;
    }

    /** Round instants (1, 2 or 5 times a power of ten), as many as stand at least {@code spacing} apart. */
    List<Tick> ticks(double spacing) {
        double atLeast = (until - from) * spacing / width();
        double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
        double step = power * (atLeast <= power ? 1 : atLeast <= 2 * power ? 2 : atLeast <= 5 * power ? 5 : 10);
        return LongStream.rangeClosed((long) Math.ceil(from / step), (long) Math.floor(until / step))
                .mapToObj(i -> new Tick(x(i * step), label(i * step)))
                .toList();
    }

    private static String label(double millis) {
        if (millis == 0) {
            return "0";
        }
        if (Math.abs(millis) < 1_000) {
            return plain(millis) + " ms";
        }
        return plain(millis / 1_000) + " s";
    }

    private static String plain(double value) {
        String text = Double.toString(Math.round(value * 10) / 10.0);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text).replace("-", "−");
    }
}
