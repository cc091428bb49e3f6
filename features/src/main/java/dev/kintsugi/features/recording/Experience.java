package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.RequestSeen;
import dev.kintsugi.reports.model.RequestBucket;
import dev.kintsugi.reports.model.RequestSeries;
import dev.kintsugi.reports.model.Users;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What users met: counts, latencies, outages, and the same in short spans of time. */
final class Experience {

    private final List<Request> requests;

    /** Of all users' requests in the log, in the order in which they were due. */
    Experience(List<Observation> log) {
        this.requests = log.stream()
                .filter(seen ->
                        seen instanceof RequestSeen users && users.stream().equals(Observation.USERS))
                .map(seen -> ((RequestSeen) seen).request())
                .sorted(Comparator.comparingLong(Request::intendedNanos))
                .toList();
    }

    /** The requests due in {@code [from, until)}. */
    List<Request> between(long from, long until) {
        return requests.stream()
                .filter(r -> r.intendedNanos() >= from && r.intendedNanos() < until)
                .toList();
    }

    /** How users were served in {@code [from, until)}. */
    Steadiness steadiness(long from, long until) {
        List<Request> good = between(from, until).stream().filter(Request::good).toList();
        return new Steadiness(good.size(), good.size() * 1e9 / (until - from), Percentile.millis(good, 99));
    }

    /** What those users met whose requests were due at {@code from} or later. */
    Users users(long from) {
        List<Request> since = between(from, Long.MAX_VALUE);
        long failed = since.stream().filter(r -> !r.good()).count();
        return new Users(since.size(), failed, percentile(since, 50), percentile(since, 99), longestOutage(since));
    }

    /** Why those requests failed that were due at {@code from} or later, the most frequent cause first. */
    List<String> causes(long from) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Request request : between(from, Long.MAX_VALUE)) {
            if (!request.good()) {
                counts.merge(request.failure(), 1, Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(cause -> cause.getValue() + " × " + cause.getKey())
                .toList();
    }

    /**
     * The longest time in which every request failed: from the first failed one to the next good one, by the instants at
     * which they were due.
     */
    private static double longestOutage(List<Request> requests) {
        long longest = 0;
        long begin = Long.MIN_VALUE;
        long last = Long.MIN_VALUE;
        for (Request request : requests) {
            last = request.intendedNanos();
            if (request.good()) {
                longest = begin == Long.MIN_VALUE ? longest : Math.max(longest, last - begin);
                begin = Long.MIN_VALUE;
            } else if (begin == Long.MIN_VALUE) {
                begin = last;
            }
        }
        return (begin == Long.MIN_VALUE ? longest : Math.max(longest, last - begin)) / 1e6;
    }

    /** The load in spans of {@code spanMillis}, on an axis whose zero is {@code zeroNanos}. */
    RequestSeries series(long zeroNanos, int spanMillis) {
        Map<Long, List<Request>> spans = new TreeMap<>();
        for (Request request : requests) {
            long span = Math.floorDiv(request.intendedNanos() - zeroNanos, spanMillis * 1_000_000L);
            spans.computeIfAbsent(span, any -> new ArrayList<>()).add(request);
        }
        List<RequestBucket> buckets = new ArrayList<>();
        spans.forEach((span, in) -> buckets.add(new RequestBucket(
                span * spanMillis,
                in.size(),
                in.stream().filter(r -> !r.good()).count(),
                percentile(in, 50),
                percentile(in, 99))));
        return new RequestSeries(spanMillis, buckets);
    }

    private static @Nullable Double percentile(List<Request> requests, double percent) {
        List<Request> answered =
                requests.stream().filter(r -> r.error() == null).toList();
        return answered.isEmpty() ? null : Percentile.millis(answered, percent);
    }
}
