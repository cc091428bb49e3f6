package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.RequestBucket;
import dev.kintsugi.reports.model.RequestSeries;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Latency over time as two lines with the space between them filled. A line is broken where nothing was answered.
 *
 * @param p50 path of the median
 * @param p99 path of the 99th percentile
 * @param between path of the space between them
 * @param ticks heights to be labelled
 * @param logarithmic whether equal steps are equal ratios
 */
record LatencyLines(String p50, String p99, String between, List<Tick> ticks, boolean logarithmic) {

    record Tick(double y, String label) {}

    /**
     * The scale is logarithmic in whole decades when the highest figure is at least ten times the lowest: a retransmission of
     * 200 ms must not flatten a median of 4 ms. Otherwise it is linear from zero.
     */
    static LatencyLines of(RequestSeries series, TimeAxis axis, double top, double bottom) {
        double[] figures = series.buckets().stream()
                .flatMap(b -> Stream.of(b.p50Millis(), b.p99Millis()))
                .filter(Objects::nonNull)
                .mapToDouble(v -> Math.max(0.1, v))
                .toArray();
        double least = DoubleStream.of(figures).min().orElse(1);
        double most = DoubleStream.of(figures).max().orElse(1);
        boolean logarithmic = most >= 10 * least;
        List<Tick> ticks = new ArrayList<>();
        DoubleUnaryOperator y;
        if (logarithmic) {
            double low = Math.floor(Math.log10(least));
            double high = Math.ceil(Math.log10(most));
            y = v -> bottom - (bottom - top) * (Math.log10(Math.max(0.1, v)) - low) / (high - low);
            for (double decade = low; decade <= high; decade++) {
                ticks.add(tick(Math.pow(10, decade), y));
            }
        } else {
            double high = roundUp(most);
            y = v -> bottom - (bottom - top) * v / high;
            for (double share : new double[] {0, 0.5, 1}) {
                ticks.add(tick(share * high, y));
            }
        }
        PathData between = new PathData();
        String p50 = line(series, axis, y, RequestBucket::p50Millis);
        String p99 = line(series, axis, y, RequestBucket::p99Millis);
        for (List<RequestBucket> stretch : stretches(series)) {
            fill(stretch, series.bucketMillis(), axis, y, between);
        }
        return new LatencyLines(p50, p99, between.toString(), List.copyOf(ticks), logarithmic);
    }

    private static String line(
            RequestSeries series,
            TimeAxis axis,
            DoubleUnaryOperator y,
            Function<RequestBucket, @Nullable Double> figure) {
        PathData path = new PathData();
        for (List<RequestBucket> stretch : stretches(series)) {
            double half = series.bucketMillis() / 2;
            if (stretch.size() == 1) {
                RequestBucket only = stretch.get(0);
                double at = y.applyAsDouble(value(figure.apply(only)));
                path.moveTo(axis.x(only.atMillis()), at).lineTo(axis.x(only.atMillis() + 2 * half), at);
                continue;
            }
            boolean first = true;
            for (RequestBucket bucket : stretch) {
                double x = axis.x(bucket.atMillis() + half);
                double at = y.applyAsDouble(value(figure.apply(bucket)));
                if (first) {
                    path.moveTo(x, at);
                } else {
                    path.lineTo(x, at);
                }
                first = false;
            }
        }
        return path.toString();
    }

    private static void fill(
            List<RequestBucket> stretch, double bucketMillis, TimeAxis axis, DoubleUnaryOperator y, PathData path) {
        if (stretch.size() < 2) {
            return;
        }
        boolean first = true;
        for (RequestBucket bucket : stretch) {
            double x = axis.x(bucket.atMillis() + bucketMillis / 2);
            double at = y.applyAsDouble(value(bucket.p99Millis()));
            if (first) {
                path.moveTo(x, at);
            } else {
                path.lineTo(x, at);
            }
            first = false;
        }
        List<RequestBucket> backwards = new ArrayList<>(stretch);
        Collections.reverse(backwards);
        for (RequestBucket bucket : backwards) {
            path.lineTo(axis.x(bucket.atMillis() + bucketMillis / 2), y.applyAsDouble(value(bucket.p50Millis())));
        }
        path.close();
    }

    /** Neighbouring buckets that have latencies. */
    private static List<List<RequestBucket>> stretches(RequestSeries series) {
        List<List<RequestBucket>> stretches = new ArrayList<>();
        List<RequestBucket> stretch = new ArrayList<>();
        double expected = Double.NaN;
        for (RequestBucket bucket : series.buckets()) {
            boolean has = bucket.p50Millis() != null && bucket.p99Millis() != null;
            if (!stretch.isEmpty() && (!has || bucket.atMillis() > expected + 1)) {
                stretches.add(stretch);
                stretch = new ArrayList<>();
            }
            if (has) {
                stretch.add(bucket);
            }
            expected = bucket.atMillis() + series.bucketMillis();
        }
        if (!stretch.isEmpty()) {
            stretches.add(stretch);
        }
        return stretches;
    }

    private static Tick tick(double millis, DoubleUnaryOperator y) {
        String label = millis >= 1_000 ? trimmed(millis / 1_000) + " s" : trimmed(millis) + " ms";
        return new Tick(y.applyAsDouble(millis), millis == 0 ? "0" : label);
    }

    private static String trimmed(double value) {
        String text = Double.toString(Math.round(value * 100) / 100.0);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /** Up to the next 1, 2 or 5 times a power of ten. */
    private static double roundUp(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        return power * (value <= power ? 1 : value <= 2 * power ? 2 : value <= 5 * power ? 5 : 10);
    }

    private static double value(@Nullable Double figure) {
        return Objects.requireNonNull(figure);
    }
}
