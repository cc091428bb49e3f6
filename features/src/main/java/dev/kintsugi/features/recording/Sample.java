package dev.kintsugi.features.recording;

import java.util.List;
import java.util.function.Predicate;

/** Requests to one target in one span of time. */
public record Sample(List<Request> requests) {
    private static final double HIGH = 0.95;
    private static final double FAST = 0.1;

    public Sample {
        requests = List.copyOf(requests);
    }

    /** Those that failed or took at least as long as this. */
    Share hit(long lateNanos) {
        return share(request -> isUnanswered(request) || request.latencyNanos() >= lateNanos);
    }

    /** Those that had no answer. */
    Share failed() {
        return share(Sample::isUnanswered);
    }

    /** Those that were answered with this status. */
    Share answered(int status) {
        return share(request -> request.error() == null && request.status() == status);
    }

    private Share share(Predicate<Request> which) {
        return new Share(requests.stream().filter(which).count(), requests.size());
    }

    private static boolean isUnanswered(Request request) {
        return request.error() != null;
    }

    /** Latency that a tenth of the answers were within; 0 without answers. */
    long fastNanos() {
        return quantile(FAST);
    }

    /** Latency that half of the answers were within; 0 without answers. */
    long medianNanos() {
        return quantile(0.5);
    }

    /** Latency that only a retransmission explains, by what this sample, taken without a fault, needed. */
    long lateAfter() {
        return quantile(HIGH) + Proofs.RETRANSMITTED.toNanos();
    }

    private long quantile(double share) {
        List<Long> latencies = requests.stream()
                .filter(request -> !isUnanswered(request))
                .map(Request::latencyNanos)
                .sorted()
                .toList();
        return latencies.isEmpty() ? 0 : latencies.get((int) ((latencies.size() - 1) * share));
    }
}
