package dev.kintsugi.chaos.model;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A schedule in the grammar of Chaos Mesh (robfig/cron v3 with optional seconds): five or six fields, a descriptor such as
 * {@code @hourly}, or {@code @every 1m30s}; before either, {@code TZ=Europe/Berlin} may name the time zone.
 *
 * <p>Fields are second (optional), minute, hour, day of month, month, day of week (0 to 6, Sunday is 0; names such as
 * {@code mon} count). A field lists numbers, ranges and steps. When both day fields are given, either may agree; when one of them
 * is {@code *}, both have to.
 */
public final class Cron {
    private static final String EVERY = "@every ";
    private static final int YEARS_AHEAD = 5;

    private final @Nullable ZoneId zone;
    private final @Nullable Duration every;
    private final CronField second;
    private final CronField minute;
    private final CronField hour;
    private final CronField dayOfMonth;
    private final CronField month;
    private final CronField dayOfWeek;

    private Cron(@Nullable ZoneId zone, @Nullable Duration every, List<String> fields) {
        this.zone = zone;
        this.every = every;
        this.second = CronField.SECOND.parse(fields.get(0));
        this.minute = CronField.MINUTE.parse(fields.get(1));
        this.hour = CronField.HOUR.parse(fields.get(2));
        this.dayOfMonth = CronField.DAY_OF_MONTH.parse(fields.get(3));
        this.month = CronField.MONTH.parse(fields.get(4));
        this.dayOfWeek = CronField.DAY_OF_WEEK.parse(fields.get(5));
    }

    /**
     * Reads a schedule.
     *
     * @throws IllegalArgumentException with the message of the parser that Chaos Mesh uses
     */
    public static Cron parse(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty spec string");
        }
        if (!text.startsWith("TZ=") && !text.startsWith("CRON_TZ=")) {
            return parse(null, text);
        }
        int end = text.indexOf(' ');
        String name = text.substring(text.indexOf('=') + 1, end < 0 ? text.length() : end);
        try {
            return parse(ZoneId.of(name), end < 0 ? "" : text.substring(end).strip());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("provided bad location " + name + ": unknown time zone " + name, e);
        }
    }

    private static Cron parse(@Nullable ZoneId zone, String text) {
        if (text.startsWith("@")) {
            return descriptor(zone, text);
        }
        List<String> fields = Arrays.stream(text.strip().split("\\s+", -1))
                .filter(field -> !field.isEmpty())
                .toList();
        if (fields.size() < 5 || fields.size() > 6) {
            throw new IllegalArgumentException(
                    "expected 5 to 6 fields, found " + fields.size() + ": [" + String.join(" ", fields) + "]");
        }
        List<String> all = new ArrayList<>(fields);
        if (all.size() == 5) {
            all.add(0, "0");
        }
        return new Cron(zone, null, all);
    }

    private static Cron descriptor(@Nullable ZoneId zone, String text) {
        return switch (text) {
            case "@yearly", "@annually" -> new Cron(zone, null, List.of("0", "0", "0", "1", "1", "*"));
            case "@monthly" -> new Cron(zone, null, List.of("0", "0", "0", "1", "*", "*"));
            case "@weekly" -> new Cron(zone, null, List.of("0", "0", "0", "*", "*", "0"));
            case "@daily", "@midnight" -> new Cron(zone, null, List.of("0", "0", "0", "*", "*", "*"));
            case "@hourly" -> new Cron(zone, null, List.of("0", "0", "*", "*", "*", "*"));
            default -> every(zone, text);
        };
    }

    /** Whole seconds, at least one. */
    private static Cron every(@Nullable ZoneId zone, String text) {
        if (!text.startsWith(EVERY)) {
            throw new IllegalArgumentException("unrecognized descriptor: " + text);
        }
        try {
            Duration pause = GoDuration.parse(text.substring(EVERY.length()));
            Duration whole = Duration.ofSeconds(Math.max(1, pause.toSeconds()));
            return new Cron(zone, whole, List.of("*", "*", "*", "*", "*", "*"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("failed to parse duration " + text + ": " + e.getMessage(), e);
        }
    }

    /**
     * The first time after an instant, on whole seconds. Empty when there is none within five years, as for a 30th of February.
     *
     * @param local the zone that counts when the schedule names none
     */
    public Optional<Instant> next(Instant after, ZoneId local) {
        if (every != null) {
            return Optional.of(after.truncatedTo(ChronoUnit.SECONDS).plus(every));
        }
        ZonedDateTime time = after.atZone(zone == null ? local : zone)
                .truncatedTo(ChronoUnit.SECONDS)
                .plusSeconds(1);
        int lastYear = time.getYear() + YEARS_AHEAD;
        while (time.getYear() <= lastYear) {
            if (!month.has(time.getMonthValue())) {
                time = time.toLocalDate().withDayOfMonth(1).plusMonths(1).atStartOfDay(time.getZone());
            } else if (!isOnDay(time)) {
                time = time.toLocalDate().plusDays(1).atStartOfDay(time.getZone());
            } else if (!hour.has(time.getHour())) {
                time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!minute.has(time.getMinute())) {
                time = time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
            } else if (!second.has(time.getSecond())) {
                time = time.plusSeconds(1);
            } else {
                return Optional.of(time.toInstant());
            }
        }
        return Optional.empty();
    }

    private boolean isOnDay(ZonedDateTime time) {
        boolean inMonth = dayOfMonth.has(time.getDayOfMonth());
        boolean inWeek = dayOfWeek.has(time.getDayOfWeek().getValue() % 7);
        if (dayOfMonth.isStar() || dayOfWeek.isStar()) {
            return inMonth && inWeek;
        }
        return inMonth || inWeek;
    }
}
