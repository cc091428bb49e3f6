package dev.kintsugi.features.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.process.ChildProcess.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildProcessTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void exitCodeAndOutputAreThoseOfTheCommand() throws Exception {
        try (ChildProcess child = start("sh", "-c", "echo out; echo err >&2; exit 7")) {
            assertThat(child.exit().get(10, SECONDS)).isEqualTo(7);
            assertThat(child.log().lines()).extracting(LogFile.Line::text).containsExactly("out", "err");
        }
    }

    @Test
    void environmentIsTheOneGivenAndStandardInputIsEmpty() throws Exception {
        Command command = new Command(List.of("sh", "-c", "env | sort; cat"), Map.of("COLOUR", "gold"), folder);
        try (ChildProcess child = ChildProcess.start(command, log("env"))) {
            assertThat(child.exit().get(10, SECONDS)).isZero();
            assertThat(child.log().lines())
                    .extracting(LogFile.Line::text)
                    .contains("COLOUR=gold", "PWD=" + folder)
                    .noneMatch(line -> line.startsWith("HOME="));
        }
    }

    @Test
    void programThatDoesNotExistEndsWith127AndSaysSo() throws Exception {
        try (ChildProcess child = start("no-such-program")) {
            assertThat(child.exit().get(10, SECONDS)).isEqualTo(127);
            assertThat(child.log().lines()).anyMatch(line -> line.text().contains("no-such-program"));
        }
    }

    @Test
    void signalsReachTheCommandItself() throws Exception {
        try (ChildProcess polite = start("sh", "-c", "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done");
                ChildProcess killed = start("sleep", "60")) {
            await().until(() -> !polite.log().lines().isEmpty());
            polite.terminate();
            killed.kill();
            assertThat(polite.exit().get(10, SECONDS)).isEqualTo(3);
            assertThat(killed.exit().get(10, SECONDS)).isEqualTo(137);
        }
    }

    @Test
    void suspendedCommandDoesNothingUntilItIsResumed() {
        try (ChildProcess child = start("sh", "-c", "while :; do echo tick; sleep 0.02; done")) {
            await().until(() -> !child.log().lines().isEmpty());
            child.suspend();
            await().until(() -> state(child.pid()).equals("T"));
            child.resume();
            int seen = child.log().lines().size();
            await().until(() -> child.log().lines().size() > seen);
        }
    }

    @Test
    void memoryAndCpuTimeOfARunningProcessAreCountedAndAGoneOneUsesNothing() throws Exception {
        long gone;
        try (ChildProcess child = start("sh", "-c", "while :; do :; done")) {
            gone = child.pid();
            await().until(() -> ProcessUsage.cpuTime(child.pid()).compareTo(Duration.ofMillis(50)) > 0);
            assertThat(ProcessUsage.residentBytes(child.pid())).isBetween(1024L, 20_000_000L);
            child.kill();
            child.exit().get(10, SECONDS);
        }
        assertThat(ProcessUsage.residentBytes(gone)).isZero();
        assertThat(ProcessUsage.cpuTime(gone)).isZero();
    }

    @Test
    void childrenAreGoneWithinTwoSecondsAfterTheirParentIsKilled() throws Exception {
        try (ChildProcess parent = start(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Grandparent.class.getName(),
                folder.toString())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> parent.log().lines().stream()
                    .anyMatch(line -> line.text().equals("ready")));
            List<Long> children = parent.log().lines().stream()
                    .filter(line -> line.text().startsWith("child "))
                    .map(line -> Long.valueOf(line.text().substring(6)))
                    .toList();
            assertThat(children).hasSize(2).allMatch(ChildProcessTest::isAlive);

            parent.kill();

            await().atMost(Duration.ofSeconds(2))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> children.stream().noneMatch(ChildProcessTest::isAlive));
        }
    }

    @Test
    void watcherLeavesWithAnOrdinaryEndOfTheCommand() throws Exception {
        try (ChildProcess child = start("sleep", "60")) {
            ProcessHandle watcher = await().until(
                            () -> ProcessHandle.of(child.pid()).stream()
                                    .flatMap(ProcessHandle::children)
                                    .findFirst(),
                            Optional::isPresent)
                    .orElseThrow();
            child.terminate();
            assertThat(child.exit().get(10, SECONDS)).isEqualTo(143);
            await().atMost(Duration.ofSeconds(2)).until(() -> !isAlive(watcher.pid()));
        }
    }

    /** A process that has ended stays a zombie until the init of the machine takes note of it, which is not the command's fault. */
    private static boolean isAlive(long pid) {
        String state = state(pid);
        return !state.isEmpty() && !state.equals("Z");
    }

    private static String state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
        } catch (IOException gone) {
            return "";
        }
    }

    private ChildProcess start(String... words) {
        return ChildProcess.start(Command.of(words), log(words[0].replace('/', '_')));
    }

    private LogFile log(String name) {
        return new LogFile(folder.resolve(name + System.nanoTime() + ".log"), 100_000, InstantSource.system());
    }
}
