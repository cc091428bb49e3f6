package dev.kintsugi.features.cluster.embedded.node;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which Events are written, and under which count: a repetition of an Event raises the count of the one that exists. One
 * object may cause 25 Events at once and one more every five minutes; further ones are dropped. As the event correlator of client-go.
 *
 * <p>Not thread-safe.
 */
final class EventSeries {

    static final int BURST = 25;
    static final Duration REFILL = Duration.ofMinutes(5);
    private static final int REMEMBERED = 4096;

    /** What makes two Events the same. */
    record Key(String node, String objectUid, boolean warning, String reason, String message, String fieldPath) {}

    /**
     * The Event as it is to be written.
     *
     * @param name of the Event object, which exists already when {@code count} is more than 1
     */
    record Entry(String name, int count, Instant first, Instant last) {}

    private record Budget(double left, Instant at) {}

    private final Map<Key, Entry> entries = bounded();
    private final Map<String, Budget> budgets = bounded();

    /** Takes one occurrence in; empty when it is to be dropped. */
    Optional<Entry> occurred(Key key, String objectName, Instant now) {
        String source = key.node() + "/" + key.objectUid();
        Budget budget = budgets.getOrDefault(source, new Budget(BURST, now));
        double refilled = (double) Duration.between(budget.at(), now).toMillis() / REFILL.toMillis();
        double left = Math.min(BURST, budget.left() + refilled);
        boolean allowed = left >= 1;
        budgets.put(source, new Budget(allowed ? left - 1 : left, now));
        if (!allowed) {
            return Optional.empty();
        }
        Entry known = entries.get(key);
        Entry entry = known == null
                ? new Entry(objectName + "." + Long.toHexString(nanos(now) + entries.size()), 1, now, now)
                : new Entry(known.name(), known.count() + 1, known.first(), now);
        entries.put(key, entry);
        return Optional.of(entry);
    }

    /** The Event that was to be counted up is not there any more. */
    void forget(Key key) {
        entries.remove(key);
    }

    private static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }
}
