package dev.kintsugi.features.cluster.embedded.control;

import dev.kintsugi.features.cluster.embedded.control.model.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells an Event that is new from one that has happened before and from one too many, so that a loop that fails again and again does not
 * fill the cluster with Events. Equal ones are counted on one object. From the eleventh different message of one reason within ten
 * minutes on, messages are combined. About one object a reporter may write 25 Events at once and one more every five minutes; this does
 * not hold for Events written the way of {@code events.k8s.io}, nor do their messages combine.
 *
 * @see <a href="https://github.com/kubernetes/client-go/blob/v0.28.0/tools/record/events_cache.go">client-go, events_cache.go</a>
 */
final class EventCounter {

    /**
     * What is to be written.
     *
     * @param key equal for Events that are counted on one object
     * @param count how often it has happened, from 1
     */
    record Counted(String key, String message, int count) {}

    private static final int REMEMBERED = 4096;
    private static final int DIFFERENT_MESSAGES = 10;
    private static final Duration SIMILAR_WITHIN = Duration.ofMinutes(10);
    private static final int BURST = 25;
    private static final Duration REFILL = Duration.ofMinutes(5);

    private record Similar(Set<String> messages, Instant last) {}

    private record Allowance(double left, Instant asOf) {}

    private final Map<String, Similar> groups = new Remembered<>();
    private final Map<String, Allowance> allowances = new Remembered<>();
    private final Map<String, Integer> counts = new Remembered<>();

    /** What to write about this Event, or nothing if it is one too many. */
    Optional<Counted> count(Write.Tell tell, Instant now) {
        String source = tell.reporter() + " " + tell.about().getMetadata().getUid();
        String group = source + " " + tell.warning() + " " + tell.reason();
        boolean old = tell.action() == null;
        if (old && !isAllowed(source, now)) {
            return Optional.empty();
        }
        boolean combined = old && isCombined(group, tell.message(), now);
        String message = combined ? "(combined from similar events): " + tell.message() : tell.message();
        String key = combined ? group : group + " " + message;
        return Optional.of(new Counted(key, message, counts.merge(key, 1, Integer::sum)));
    }

    /** Forgets how often it has happened, since the object on which it was counted is gone. */
    void forget(Counted counted) {
        counts.remove(counted.key());
    }

    private boolean isCombined(String group, String message, Instant now) {
        Similar before = groups.get(group);
        Set<String> messages = before == null || before.last().isBefore(now.minus(SIMILAR_WITHIN))
                ? new HashSet<>()
                : before.messages();
        boolean combined = messages.size() >= DIFFERENT_MESSAGES && !messages.contains(message);
        if (!combined) {
            messages.add(message);
        }
        groups.put(group, new Similar(messages, now));
        return combined;
    }

    private boolean isAllowed(String source, Instant now) {
        Allowance before = allowances.get(source);
        double left = before == null
                ? BURST
                : Math.min(
                        BURST,
                        before.left()
                                + (double) Duration.between(before.asOf(), now).toMillis() / REFILL.toMillis());
        boolean allowed = left >= 1;
        allowances.put(source, new Allowance(allowed ? left - 1 : left, now));
        return allowed;
    }

    /** Forgets what was used longest ago. */
    private static final class Remembered<V> extends LinkedHashMap<String, V> {

        private static final long serialVersionUID = 1;
        private static final float LOAD = 0.75f;

        Remembered() {
            super(REMEMBERED, LOAD, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > REMEMBERED;
        }
    }
}
