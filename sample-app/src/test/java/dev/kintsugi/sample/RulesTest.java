package dev.kintsugi.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {

    private static final Parameter<Long> SIZE = Parameter.size("size", "", "1B", "15GiB", "1B");
    private static final Parameter<Duration> TIME = Parameter.duration("time", "", "0ms", "24h", "1s");
    private static final Parameter<Double> SHARE = Parameter.share("share", "", "1");

    @ParameterizedTest
    @CsvSource({
        "1B, 1",
        "1KB, 1000",
        "1KiB, 1024",
        "1Ki, 1024",
        "2.5MiB, 2621440",
        "3MB, 3000000",
        "1 GiB, 1073741824",
        "15GiB, 16106127360",
    })
    void sizesAreReadWithTheirUnit(String text, long bytes) {
        assertThat(SIZE.read(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1", "B", "-1B", "0B", "1e3B", "1kib", "1TiB", "16GiB", "999999999999999GiB", "1B1B", "0x1B"
            })
    void anythingElseIsNoSize(String text) {
        assertThatThrownBy(() -> SIZE.read(text))
                .isInstanceOf(Refusal.class)
                .hasMessage("size: '" + text + "' is not a size from 1B to 15GiB with its unit, such as 10MiB");
    }

    @ParameterizedTest
    @CsvSource({"0ms, 0", "1500ms, 1500", "1.5s, 1500", "2m, 120000", "24h, 86400000"})
    void timesAreReadWithTheirUnit(String text, long millis) {
        assertThat(TIME.read(text)).hasMillis(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "1d", "-1s", "24.001h", "PT1S", "1S"})
    void anythingElseIsNoTime(String text) {
        assertThatThrownBy(() -> TIME.read(text)).isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "0.25, 0.25", "25%, 0.25", "100%, 1", "0.5%, 0.005"})
    void sharesAreFractionsOrPercentages(String text, double share) {
        assertThat(SHARE.read(text)).isEqualTo(share);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.01", "100.1%", "-0.1", "half", "NaN", "1 %%", "%"})
    void anythingElseIsNoShare(String text) {
        assertThatThrownBy(() -> SHARE.read(text)).isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%zz=1", "size=%F", "=", "=1", "&=&", "size=1B=2", "size", "\u0000=\u0000"})
    void wildQueriesAreRefusedNotSuffered(String query) {
        assertThatThrownBy(() -> Parameters.parse(List.of(SIZE), query, "")).isInstanceOf(Refusal.class);
    }

    @Test
    void aParameterNotGivenHasItsDefault() {
        assertThat(Parameters.parse(List.of(SIZE, TIME), "size=2B&", "").get(TIME))
                .hasSeconds(1);
        assertThat(Parameters.parse(List.of(SIZE, TIME), "", "time=5s").get(TIME))
                .hasSeconds(5);
    }

    @Test
    void aDrawHitsNoneAllOrItsShare() {
        assertThat(hits(new Draw(0, 1))).isZero();
        assertThat(hits(new Draw(1, 1))).isEqualTo(10_000);
        // 10,000 at 0.1: 1,000, and four standard deviations are 120
        for (long seed = 0; seed < 20; seed++) {
            assertThat(hits(new Draw(0.1, seed))).isBetween(880L, 1120L);
        }
    }

    private static long hits(Draw draw) {
        return LongStream.range(0, 10_000).filter(draw::hits).count();
    }

    @Test
    void aFaultIsOnUntilItsDurationIsOver() {
        VirtualClock clock = new VirtualClock();
        Slot<Hang> slot = new Slot<>(clock);
        assertThat(slot.now()).isEmpty();
        slot.put(new Hang(Duration.ofSeconds(1)), Duration.ofSeconds(1));
        clock.now = clock.now.plusMillis(999);
        assertThat(slot.now()).isPresent();
        clock.now = clock.now.plusMillis(1);
        assertThat(slot.now()).isEmpty();
    }

    @Test
    void theLogIsOneJsonObjectALine() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Log log = new Log(out, new VirtualClock(), "pod-1", false);
        log.info("Said \"a\\b\"\n", "count", 3, "none", null, "list", List.of(true, "x\u0001"));
        log.debug("Not said");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"time\":\"2026-01-01T00:00:00Z\",\"level\":\"info\",\"pod\":\"pod-1\","
                        + "\"message\":\"Said \\\"a\\\\b\\\"\\n\",\"count\":3,\"list\":[true,\"x\\u0001\"]}\n");
    }

    @Test
    void aSpoiltCountOfStartsIsReplaced(@TempDir Path state) throws IOException {
        Log log = new Log(OutputStream.nullOutputStream(), Clock.systemUTC(), "pod-1", false);
        Files.writeString(state.resolve("starts"), "many");
        assertThat(Restarts.count(Optional.of(state), log)).isZero();
        assertThat(Restarts.count(Optional.of(state), log)).isEqualTo(1);
        assertThat(Restarts.count(Optional.empty(), log)).isZero();
    }

    private static final class VirtualClock extends Clock {

        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
