package dev.kintsugi.features.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kintsugi run} as a process, from the jar that the build made, as its users start it. */
class RunProcessIT {

    private static final Duration STARTED = Duration.ofSeconds(60);
    private static final Duration ENDED = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    /** With SIGINT as a terminal's processes have it: a build in the background would hand down that it is ignored. */
    private Process run(String... arguments) throws IOException {
        Path home = Installation.current().home();
        List<String> words = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:SharedArchiveFile=" + home.resolve("features/target/kintsugi.jsa"),
                "-Xshare:auto",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dkintsugi.home=" + home,
                "-jar",
                home.resolve("features/target/kintsugi.jar").toString(),
                "run"));
        words.addAll(List.of(arguments));
        if (!words.contains("--out")) {
            words.addAll(List.of("--out", out().toString()));
        }
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(printed().toFile())
                .start();
        started.add(process);
        return process;
    }

    private Path out() {
        return folder.resolve("out");
    }

    private Path printed() {
        return folder.resolve("printed");
    }

    private void awaitPrinted(Process process, String text) {
        await().atMost(STARTED)
                .until(() ->
                        !process.isAlive() || Files.readString(printed(), UTF_8).contains(text));
        assertThat(printed()).content(UTF_8).contains(text);
    }

    /** Ends a run in the midst of its first scenario, and holds what is there afterwards against what was there before. */
    private void endHalfWay(String signal) throws Exception {
        Process run = run("pod/pod-kill.feature");
        awaitPrinted(run, "users are served steadily");
        List<ProcessHandle> children = run.descendants().toList();
        Set<String> sockets = listening(Stream.concat(Stream.of(run.toHandle()), children.stream())
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet()));
        assertThat(children).as("the healer, three web pods, one store").hasSizeGreaterThanOrEqualTo(5);
        assertThat(sockets).as("API server, healer, pods and their fronts").hasSizeGreaterThanOrEqualTo(6);

        new ProcessBuilder("kill", "-" + signal, Long.toString(run.pid()))
                .start()
                .waitFor();

        await().atMost(ENDED).untilAsserted(() -> {
            assertThat(run.isAlive()).isFalse();
            assertThat(children).noneMatch(ProcessHandle::isAlive);
            assertThat(listening()).doesNotContainAnyElementsOf(sockets);
        });
    }

    @Test
    void sigkillHalfWayLeavesNoProcessAndNoPort() throws Exception {
        endHalfWay("KILL");
    }

    @Test
    void sigintHalfWayLeavesNoProcessNoPortAndNoSecret() throws Exception {
        endHalfWay("INT");
        assertThat(started.get(0).exitValue()).isEqualTo(130);
        assertThat(out().resolve("cluster/kubeconfig")).doesNotExist();
        assertThat(out().resolve("healer.address")).doesNotExist();
    }

    @Test
    void selectorThatMatchesNothingIsInconclusiveAndItsRunCanBeCompared() throws Exception {
        Path feature = Files.writeString(folder.resolve("wrong.feature"), """
                Feature: Wrong
                  Scenario: A pod that nobody has is killed
                    Given the sample app runs with 1 replicas behind a Service
                    And users send 20 requests per second
                    And users are served steadily for 500 ms
                    When one pod labelled "app=nobody" is killed
                    Then the fault bites within 1 s
                """);
        Process run = run(feature.toString());
        assertThat(run.waitFor(STARTED.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(run.exitValue()).as(Files.readString(printed(), UTF_8)).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(printed()).content(UTF_8).contains("INCONCLUSIVE  A pod that nobody has is killed");
        assertThat(out().resolve("cluster/kubeconfig")).doesNotExist();

        Path json = out().resolve("run.json");
        Run written = Reports.read(json);
        assertThat(written.scenarios()).singleElement().satisfies(scenario -> {
            assertThat(scenario.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
            assertThat(scenario.reason()).contains("nothing was injected");
            assertThat(scenario.marks()).isEmpty();
        });

        Shell compare = Shell.kintsugi("compare", json.toString(), json.toString());
        assertThat(compare.exitCode()).as(compare.err()).isEqualTo(ExitCode.PASSED);
        assertThat(compare.out()).contains("A pod that nobody has");
    }

    @Test
    void twoRunsOfOneSeedDifferOnlyInWhatWasMeasured() throws Exception {
        List<JsonNode> runs = new ArrayList<>();
        for (String name : List.of("first", "second")) {
            Path folderOfRun = folder.resolve(name);
            Process run = run("pod/pod-kill.feature", "--seed", "42", "--out", folderOfRun.toString());
            assertThat(run.waitFor(STARTED.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(run.exitValue()).as(Files.readString(printed(), UTF_8)).isEqualTo(ExitCode.PASSED);
            runs.add(WithoutFigures.of(folderOfRun.resolve("run.json")));
        }
        assertThat(runs.get(1).toPrettyString()).isEqualTo(runs.get(0).toPrettyString());
        assertThat(runs.get(0).at("/scenarios/0/events/0/text").asText()).startsWith("pod web-");
    }

    /** The listening TCP sockets of these processes, by inode. */
    private static Set<String> listening(Set<Long> pids) throws IOException {
        Set<String> theirs = new HashSet<>();
        for (long pid : pids) {
            Path files = Path.of("/proc/" + pid + "/fd");
            if (!Files.isDirectory(files)) {
                continue;
            }
            try (Stream<Path> open = Files.list(files)) {
                for (Path file : open.toList()) {
                    String target = Files.isSymbolicLink(file)
                            ? Files.readSymbolicLink(file).toString()
                            : "";
                    if (target.startsWith("socket:[")) {
                        theirs.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                }
            }
        }
        theirs.retainAll(listening());
        return theirs;
    }

    /** All listening TCP sockets of this machine, by inode; state 0A is LISTEN, see proc(5). */
    private static Set<String> listening() throws IOException {
        Set<String> inodes = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            if (Files.exists(Path.of(table))) {
                try (Stream<String> lines = Files.lines(Path.of(table))) {
                    lines.skip(1)
                            .map(line -> line.strip().split("\\s+"))
                            .filter(columns -> columns[3].equals("0A"))
                            .forEach(columns -> inodes.add(columns[9]));
                }
            }
        }
        return inodes;
    }
}
