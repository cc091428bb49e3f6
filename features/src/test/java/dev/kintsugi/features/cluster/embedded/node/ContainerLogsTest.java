package dev.kintsugi.features.cluster.embedded.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import dev.kintsugi.features.process.ChildProcess;
import dev.kintsugi.features.process.ChildProcess.Command;
import dev.kintsugi.features.process.LogFile;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContainerLogsTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.5Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final ContainerLogs logs = new ContainerLogs();

    @Test
    void presentAndFormerRunAreKept() throws Exception {
        for (int i = 0; i < 4; i++) {
            print(i, "run " + i + "\\n");
        }
        assertThat(read(false, null, null, false)).isEqualTo("run 3\n");
        assertThat(read(true, null, null, false)).isEqualTo("run 2\n");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
        logs.forget("uid");
        assertThatThrownBy(() -> read(false, null, null, false))
                .isInstanceOf(PodLogs.NotAvailable.class)
                .hasMessageContaining("\"web\" in pod \"p\"");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void tailLimitAndTimestampsAreHonoured() throws Exception {
        print(0, "a\\nb\\nc\\n");
        assertThat(read(false, 2L, null, false)).isEqualTo("b\nc\n");
        assertThat(read(false, null, 3L, false)).isEqualTo("a\nb");
        assertThat(read(false, 1L, null, true)).isEqualTo("2026-01-01T12:00:00.500000000Z c\n");
    }

    @Test
    void followerSeesLinesAsTheyComeUntilTheContainerEnds() throws Exception {
        LogFile log = new LogFile(folder.resolve("0.log"), 10_000, InstantSource.fixed(NOON));
        logs.begun("uid", "web", log);
        Path gate = folder.resolve("gate");
        try (ChildProcess child = ChildProcess.start(
                Command.of("sh", "-c", "echo one; while [ ! -e " + gate + " ]; do sleep 0.02; done; echo two"), log)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            CompletableFuture<Void> follower = CompletableFuture.runAsync(() -> follow(out));
            await().until(() -> out.toString(StandardCharsets.UTF_8).equals("one\n"));
            assertThat(follower).isNotDone();
            Files.createFile(gate);
            follower.get(10, TimeUnit.SECONDS);
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\n");
            assertThat(child.exit()).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    private void follow(ByteArrayOutputStream out) {
        try {
            logs.stream(new PodLogs.Request("ns", "p", "uid", "web", false, true, false, null, null, null), out);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void print(int run, String text) throws Exception {
        LogFile log = new LogFile(folder.resolve(run + ".log"), 10_000, InstantSource.fixed(NOON));
        try (ChildProcess child = ChildProcess.start(Command.of("printf", text), log)) {
            child.exit().get(10, TimeUnit.SECONDS);
        }
        logs.begun("uid", "web", log);
    }

    private String read(boolean previous, @Nullable Long tail, @Nullable Long limit, boolean timestamps)
            throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        logs.stream(new PodLogs.Request("ns", "p", "uid", "web", previous, false, timestamps, tail, null, limit), out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
