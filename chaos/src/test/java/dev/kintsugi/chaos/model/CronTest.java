package dev.kintsugi.chaos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {
    private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            */5 * * * *        | 2026-01-01T00:05:00Z
            30 2 * * *         | 2026-01-01T02:30:00Z
            */10 * * * * *     | 2026-01-01T00:00:10Z
            @hourly            | 2026-01-01T01:00:00Z
            @daily             | 2026-01-02T00:00:00Z
            @weekly            | 2026-01-04T00:00:00Z
            @monthly           | 2026-02-01T00:00:00Z
            @yearly            | 2027-01-01T00:00:00Z
            @every 1h2m        | 2026-01-01T01:02:00Z
            @every 1500ms      | 2026-01-01T00:00:01Z
            @every 5ms         | 2026-01-01T00:00:01Z
            0 0 29 feb *       | 2028-02-29T00:00:00Z
            0 12 13 * fri      | 2026-01-02T12:00:00Z
            0 12 */2 * fri     | 2026-01-01T12:00:00Z
            0 12 * * MON-wed   | 2026-01-05T12:00:00Z
            5/20 * * * *       | 2026-01-01T00:05:00Z
            0 0 ? * 0          | 2026-01-04T00:00:00Z
            TZ=Europe/Berlin 0 6 * * *      | 2026-01-01T05:00:00Z
            CRON_TZ=Asia/Tokyo 0 6 * * *    | 2026-01-01T21:00:00Z
            """)
    void nextTimeIsTheFirstThatAgrees(String schedule, String next) {
        assertThat(Cron.parse(schedule).next(NEW_YEAR, ZoneOffset.UTC)).contains(Instant.parse(next));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            * * * *            | expected 5 to 6 fields, found 4: [* * * *]
            * * * * * * *      | expected 5 to 6 fields, found 7: [* * * * * * *]
            60 * * * *         | end of range (60) above maximum (59): 60
            * * 0 * *          | beginning of range (0) below minimum (1): 0
            * * * * 7          | end of range (7) above maximum (6): 7
            5-2 * * * *        | beginning of range (5) beyond end of range (2): 5-2
            */0 * * * *        | step of range should be a positive number: */0
            1-2-3 * * * *      | too many hyphens: 1-2-3
            1/2/3 * * * *      | too many slashes: 1/2/3
            x * * * *          | failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax
            @often             | unrecognized descriptor: @often
            @every soon        | failed to parse duration @every soon: time: invalid duration "soon"
            TZ=Moon * * * * *  | provided bad location Moon: unknown time zone Moon
            """)
    void whatItDoesNotUnderstandIsRefusedInTheWordsOfTheRealParser(String schedule, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cron.parse(schedule))
                .withMessage(message);
    }

    @Test
    void nothingIsRefusedToo() {
        assertThatIllegalArgumentException().isThrownBy(() -> Cron.parse("")).withMessage("empty spec string");
    }

    @Test
    void thereIsNoThirtiethOfFebruary() {
        assertThat(Cron.parse("0 0 30 2 *").next(NEW_YEAR, ZoneOffset.UTC)).isEmpty();
    }

    @Test
    void hourThatTheClockSkipsIsSkipped() {
        Instant before = Instant.parse("2026-03-29T00:00:00Z");
        assertThat(Cron.parse("30 2 * * *").next(before, ZoneId.of("Europe/Berlin")))
                .contains(Instant.parse("2026-03-30T00:30:00Z"));
    }

    /** Held against looking at every second. */
    @Property(tries = 200)
    void nextTimeIsNeverEarlyAndNeverMissed(
            @ForAll("schedules") List<String> fields, @ForAll @IntRange(max = 86_399) int start) {
        Cron cron = Cron.parse(String.join(" ", fields));
        Instant after = NEW_YEAR.plusSeconds(start);
        Instant horizon = after.plus(Duration.ofHours(30));
        Instant expected = Stream.iterate(after.plusSeconds(1), second -> second.plusSeconds(1))
                .takeWhile(second -> second.isBefore(horizon))
                .filter(second -> agrees(fields, second))
                .findFirst()
                .orElse(Instant.MAX);
        Instant next = cron.next(after, ZoneOffset.UTC).orElse(Instant.MAX);
        if (expected.equals(Instant.MAX)) {
            assertThat(next).isAfterOrEqualTo(horizon);
        } else {
            assertThat(next).isEqualTo(expected);
        }
    }

    @Property(tries = 200)
    void everyKeepsItsPause(@ForAll @IntRange(min = 1, max = 100_000) int seconds) {
        assertThat(Cron.parse("@every " + seconds + "s").next(NEW_YEAR.plusMillis(300), ZoneOffset.UTC))
                .contains(NEW_YEAR.plusSeconds(seconds));
    }

    @Property(tries = 500)
    void anyTextIsReadOrRefused(@ForAll String text) {
        try {
            Cron.parse(text).next(NEW_YEAR, ZoneOffset.UTC);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    /** Second, minute and hour only: the days are held against examples. */
    private static boolean agrees(List<String> fields, Instant second) {
        ZonedDateTime time = second.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
        return agrees(fields.get(0), time.getSecond(), 59)
                && agrees(fields.get(1), time.getMinute(), 59)
                && agrees(fields.get(2), time.getHour(), 23);
    }

    private static boolean agrees(String field, int value, int max) {
        return Stream.of(field.split(",", -1)).anyMatch(part -> {
            String[] rangeAndStep = part.split("/", -1);
            String[] ends = rangeAndStep[0].split("-", -1);
            boolean star = ends[0].equals("*");
            int start = star ? 0 : Integer.parseInt(ends[0]);
            int step = rangeAndStep.length == 2 ? Integer.parseInt(rangeAndStep[1]) : 1;
            int end = star || (ends.length == 1 && rangeAndStep.length == 2)
                    ? max
                    : Integer.parseInt(ends[ends.length - 1]);
            return value >= start && value <= end && (value - start) % step == 0;
        });
    }

    @Provide
    Arbitrary<List<String>> schedules() {
        return Combinators.combine(field(59), field(59), field(23))
                .as((second, minute, hour) -> List.of(second, minute, hour, "*", "*", "*"));
    }

    private static Arbitrary<String> field(int max) {
        Arbitrary<Integer> number = Arbitraries.integers().between(0, max);
        Arbitrary<Integer> step = Arbitraries.integers().between(1, max);
        Arbitrary<String> range =
                Combinators.combine(number, number).as((a, b) -> Math.min(a, b) + "-" + Math.max(a, b));
        Arbitrary<String> part = Arbitraries.oneOf(
                Arbitraries.just("*"),
                number.map(String::valueOf),
                range,
                Combinators.combine(Arbitraries.oneOf(Arbitraries.just("*"), number.map(String::valueOf), range), step)
                        .as((from, by) -> from + "/" + by));
        return part.list().ofMinSize(1).ofMaxSize(3).map(parts -> String.join(",", parts));
    }
}
