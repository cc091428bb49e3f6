package dev.kintsugi.features.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogFileTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void keepsTheNewestLinesWithinTwiceItsSize() throws IOException {
        Path file = folder.resolve("0.log");
        try (LogFile log = new LogFile(file, 1000, InstantSource.fixed(NOON))) {
            for (int i = 0; i < 1000; i++) {
                write(log, "line " + i + "\n");
            }
            long bytes = Files.size(file) + Files.size(folder.resolve("0.log.1"));
            assertThat(bytes).isBetween(1000L, 2000L);
            assertThat(log.lines()).last().isEqualTo(new LogFile.Line(NOON, "line 999"));
            assertThat(log.lines()).extracting(LogFile.Line::text).doesNotContain("line 0");
        }
    }

    @Test
    void lineMayComeInPiecesAndTheLastOneNeedsNoBreak() throws IOException {
        LogFile log = new LogFile(folder.resolve("0.log"), 1000, InstantSource.fixed(NOON));
        write(log, "one and ");
        write(log, "the same\n\nlast");
        log.close();
        assertThat(log.lines()).extracting(LogFile.Line::text).containsExactly("one and the same", "", "last");
    }

    @Test
    void lineWithoutEndIsCut() throws IOException {
        try (LogFile log = new LogFile(folder.resolve("0.log"), 1_000_000, InstantSource.fixed(NOON))) {
            write(log, "x".repeat(LogFile.MAX_LINE + 5) + "\n");
            assertThat(log.lines()).extracting(line -> line.text().length()).containsExactly(LogFile.MAX_LINE, 5);
        }
    }

    private static void write(LogFile log, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        log.write(bytes, bytes.length);
    }
}
