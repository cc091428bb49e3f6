package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.RequestBucket;
import dev.kintsugi.reports.model.RequestSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Merges neighbouring buckets until no more are left than a chart has columns. */
final class Coarsening {

    private Coarsening() {}

    /** Requests are added up; of latencies the highest is kept, since percentiles cannot be merged and none is hidden so. */
    static RequestSeries of(RequestSeries series, int columns) {
        List<RequestBucket> buckets = series.buckets();
        if (buckets.isEmpty()) {
            return series;
        }
        double first = buckets.get(0).atMillis();
        double span = buckets.get(buckets.size() - 1).atMillis() + series.bucketMillis() - first;
        double factor = Math.max(1, Math.ceil(span / series.bucketMillis() / columns));
        if (factor == 1) {
            return series;
        }
        double width = series.bucketMillis() * factor;
        List<RequestBucket> merged = new ArrayList<>();
        List<RequestBucket> group = new ArrayList<>();
        long column = 0;
        for (RequestBucket bucket : buckets) {
            long its = (long) Math.floor((bucket.atMillis() - first) / width);
            if (its != column && !group.isEmpty()) {
                merged.add(merge(group, first + column * width));
                group.clear();
            }
            column = its;
            group.add(bucket);
        }
        merged.add(merge(group, first + column * width));
        return new RequestSeries(width, merged);
    }

    private static RequestBucket merge(List<RequestBucket> group, double at) {
        return new RequestBucket(
                at,
                group.stream().mapToLong(RequestBucket::sent).sum(),
                group.stream().mapToLong(RequestBucket::failed).sum(),
                highest(group, RequestBucket::p50Millis),
                highest(group, RequestBucket::p99Millis));
    }

    private static @Nullable Double highest(
            List<RequestBucket> group, Function<RequestBucket, @Nullable Double> latency) {
        return group.stream()
                .map(latency)
                .filter(Objects::nonNull)
                .max(Double::compare)
                .orElse(null);
    }
}
