package dev.kintsugi.chaos.emulation.stressor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
@Timeout(30)
class StressorTest {
    private static final long MEBIBYTE = 1024 * 1024;
    private @Nullable Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void makesExactlyTheSizeResidentAndHoldsIt() throws Exception {
        Process started = start(new StressorSpec(3, 100 * MEBIBYTE, 0, 0, 500), ProcessBuilder.Redirect.PIPE);

        assertThat(firstLine(started)).startsWith("resident ");
        assertThat(resident(started)).isCloseTo(100 * MEBIBYTE, within(MEBIBYTE));
        assertThat(Files.readString(proc(started, "oom_score_adj")).strip()).isEqualTo("500");
        assertThat(started.isAlive()).isTrue();
    }

    @Test
    void endsWhenItsStandardInputEnds() throws Exception {
        Process started = start(StressorSpec.memory(40 * MEBIBYTE), ProcessBuilder.Redirect.PIPE);
        firstLine(started);

        started.getOutputStream().close();

        assertThat(started.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(started.exitValue()).isZero();
    }

    @Test
    void livesOnWithoutStandardInputUntilItIsKilled() throws Exception {
        Process started =
                start(StressorSpec.memory(40 * MEBIBYTE), ProcessBuilder.Redirect.from(new File("/dev/null")));
        firstLine(started);
        assertThat(started.isAlive()).isTrue();

        started.destroy();

        assertThat(started.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void ownOverheadIsSmall() throws Exception {
        Process started = start(StressorSpec.memory(1), ProcessBuilder.Redirect.PIPE);
        firstLine(started);

        assertThat(resident(started)).isLessThan(24 * MEBIBYTE);
    }

    @Test
    void burnsCpu() throws Exception {
        Process started = start(StressorSpec.cpu(1, 50), ProcessBuilder.Redirect.PIPE);

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> cpuTime(started).compareTo(Duration.ofMillis(700)) > 0);
    }

    @Test
    void burnersTakeWhatIsAskedForAndNeverMoreThanTheMachineHas() {
        assertThat(CpuBurner.of(1, 30, 8)).hasSize(1).allMatch(burner -> burner.busyNanosPerSecond() == 300_000_000);
        assertThat(CpuBurner.of(3, 50, 2)).hasSize(2).allMatch(burner -> burner.busyNanosPerSecond() == 750_000_000);
        assertThat(CpuBurner.of(8192, 100, 4))
                .hasSize(4)
                .allMatch(burner -> burner.busyNanosPerSecond() == 1_000_000_000);
        assertThat(CpuBurner.of(0, 100, 4)).isEmpty();
    }

    @Test
    void burnersSpendNoMoreThanTheirShare() throws Exception {
        Process started = start(StressorSpec.cpu(2, 20), ProcessBuilder.Redirect.PIPE);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !cpuTime(started)
                .isZero());
        Duration before = cpuTime(started);
        long start = System.nanoTime();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> cpuTime(started).minus(before).compareTo(Duration.ofMillis(400)) > 0);
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(cpuTime(started).minus(before).toMillis())
                .as("40 %% of a CPU for %s, and what the JVM needs for itself", took)
                .isLessThan(took.toMillis() * 6 / 10 + 100);
    }

    @Test
    void aLazyBurnerDoesNot() throws Exception {
        Process lazy = start(StressorSpec.cpu(1, 0), ProcessBuilder.Redirect.PIPE);

        Awaitility.await()
                .during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(5))
                .until(() -> cpuTime(lazy).compareTo(Duration.ofMillis(600)) < 0);
    }

    private Process start(StressorSpec spec, ProcessBuilder.Redirect input) throws IOException {
        Path classes = Path.of("target", "classes").toAbsolutePath();
        process = new ProcessBuilder(
                        Stressor.command(Path.of(System.getProperty("java.home")), classes.toString(), spec))
                .redirectInput(input)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return process;
    }

    private static String firstLine(Process started) throws IOException {
        BufferedReader output = started.inputReader(StandardCharsets.US_ASCII);
        return String.valueOf(output.readLine());
    }

    private static Duration cpuTime(Process started) {
        return started.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static long resident(Process started) throws IOException {
        return Files.readAllLines(proc(started, "status")).stream()
                .filter(line -> line.startsWith("RssAnon:") || line.startsWith("RssShmem:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .sum();
    }

    private static Path proc(Process started, String file) {
        return Path.of("/proc", Long.toString(started.pid()), file);
    }
}
