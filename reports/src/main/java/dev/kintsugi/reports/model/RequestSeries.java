package dev.kintsugi.reports.model;

import java.util.List;

/**
 * The load of a scenario over time.
 *
 * @param bucketMillis width of each bucket, above 0; about 100
 * @param buckets in ascending order of time, none twice; a gap means that nothing was sent
 */
public record RequestSeries(double bucketMillis, List<RequestBucket> buckets) {

    /** No load was applied. */
    public static final RequestSeries NONE = new RequestSeries(100, List.of());

    public RequestSeries {
        bucketMillis = Require.notNegativeMillis(bucketMillis, "bucketMillis");
        if (bucketMillis == 0) {
            throw new IllegalArgumentException("bucketMillis is 0, must be above 0");
        }
        buckets = Require.list(buckets, "buckets");
        for (int i = 1; i < buckets.size(); i++) {
            if (buckets.get(i).atMillis() <= buckets.get(i - 1).atMillis()) {
                throw new IllegalArgumentException("buckets[" + i + "].atMillis is "
                        + buckets.get(i).atMillis() + ", must be later than the one before");
            }
        }
    }
}
