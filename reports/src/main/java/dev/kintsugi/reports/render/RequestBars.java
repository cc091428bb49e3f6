package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.RequestBucket;
import dev.kintsugi.reports.model.RequestSeries;
import java.util.List;

/**
 * Requests over time as bars: the failed ones stand at the bottom, the answered ones upon them.
 *
 * @param answered path of the answered
 * @param failed path of the failed
 * @param most requests in the highest bar
 */
record RequestBars(String answered, String failed, long most) {

    static RequestBars of(RequestSeries series, TimeAxis axis, double top, double bottom) {
        List<RequestBucket> buckets = series.buckets();
        long most = buckets.stream().mapToLong(RequestBucket::sent).max().orElse(0);
        PathData answered = new PathData();
        PathData failed = new PathData();
        double width = axis.x(series.bucketMillis()) - axis.x(0);
        double gap = width > 5 ? 1 : 0;
        for (RequestBucket bucket : buckets) {
            double left = axis.x(bucket.atMillis());
            double right = left + width - gap;
            double failedHeight = height(bucket.failed(), most, bottom - top);
            double answeredHeight = height(bucket.sent() - bucket.failed(), most, bottom - top);
            if (bucket.failed() > 0) {
                failed.bar(left, right, bottom, failedHeight);
            }
            if (bucket.sent() > bucket.failed()) {
                answered.bar(left, right, bottom - failedHeight, answeredHeight);
            }
        }
        return new RequestBars(answered.toString(), failed.toString(), most);
    }

    private static double height(long requests, long most, double full) {
        return most == 0 ? 0 : full * requests / most;
    }
}
