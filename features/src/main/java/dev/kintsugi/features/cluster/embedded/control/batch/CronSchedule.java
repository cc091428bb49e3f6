package dev.kintsugi.features.cluster.embedded.control.batch;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * The times of a cron expression with five fields, or of a nickname such as {@code @daily} or {@code @every 90m}.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax">Schedule syntax</a>
 */
final class CronSchedule {

    private static final String EVERY = "@every ";
    private static final Map<String, String> NICKNAMES = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    /** The next time after an instant; empty if there will be none. */
    private interface Next {
        Optional<Instant> after(Instant time);
    }

    private final Next next;

    private CronSchedule(Next next) {
        this.next = next;
    }

    /**
     * Reads a schedule.
     *
     * @throws IllegalArgumentException when it is not one; the message says why
     */
    static CronSchedule parse(String text, ZoneId zone) {
        String expression = text.strip();
        if (expression.startsWith(EVERY)) {
            Duration period = period(expression.substring(EVERY.length()).strip());
            return new CronSchedule(
                    time -> Optional.of(time.truncatedTo(ChronoUnit.SECONDS).plus(period)));
        }
        String fields = NICKNAMES.getOrDefault(expression, expression).replace('?', '*');
        ExecutionTime times = ExecutionTime.forCron(PARSER.parse(fields));
        return new CronSchedule(time -> times.nextExecution(time.atZone(zone)).map(next -> next.toInstant()));
    }

    /** A duration as Go writes it, e.g. {@code 1h30m}; at least a second. */
    private static Duration period(String text) {
        try {
            Duration period = Duration.parse("PT" + text);
            return period.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : period;
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("failed to parse duration " + EVERY + text, e);
        }
    }

    Optional<Instant> after(Instant time) {
        return next.after(time);
    }

    /**
     * The latest time that is due and how many were.
     *
     * @param missed from 1; as in Kubernetes counted by the distance of the first two
     */
    record Due(Instant latest, long missed) {}

    /** What is due at an instant since another one, which does not count itself; empty if nothing is. */
    Optional<Due> due(Instant since, Instant now) {
        Instant first = after(since).orElse(Instant.MAX);
        if (first.isAfter(now)) {
            return Optional.empty();
        }
        Instant second = after(first).orElse(Instant.MAX);
        if (second.isAfter(now)) {
            return Optional.of(new Due(first, 1));
        }
        Duration apart = Duration.between(first, second);
        long missed = Duration.between(first, now).dividedBy(apart) + 1;
        Instant latest = second;
        Instant candidate =
                after(first.plus(apart.multipliedBy(Math.max(0, missed - 2)))).orElse(Instant.MAX);
        while (!candidate.isAfter(now)) {
            latest = candidate;
            candidate = after(candidate).orElse(Instant.MAX);
        }
        return Optional.of(new Due(latest, missed));
    }
}
