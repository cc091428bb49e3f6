package dev.kintsugi.features.process;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process prints, line by line with the time of receipt, in at most two files of bounded size.
 *
 * <p>The newest lines are in the file itself. When it is full it becomes {@code NAME.1} (the former one goes), so a process that
 * prints without end keeps between one and two times {@code maxBytes} on disk. A line longer than 16 KiB is cut into several.
 */
public final class LogFile implements AutoCloseable {

    /** One line as it was printed, without its line break. */
    public record Line(Instant at, String text) {}

    /**
     * What there was at one moment.
     *
     * @param lines those that are kept, oldest first
     * @param total how many there have been in all, those no longer kept included
     * @param ended whether there will be no more
     */
    public record Content(List<Line> lines, long total, boolean ended) {}

    /** Longest line that is kept in one piece, in bytes. */
    static final int MAX_LINE = 16 * 1024;

    private final Path file;
    private final long maxBytes;
    private final InstantSource clock;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private OutputStream out;
    private long written;
    private long total;
    private boolean closed;

    /**
     * Starts an empty log.
     *
     * @param file where the newest lines are; its folder is made when it is missing
     * @param maxBytes size at which the file is put aside
     * @param clock stamps each line
     */
    public LogFile(Path file, long maxBytes, InstantSource clock) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.clock = clock;
        try {
            Path folder = file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            this.out = open(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the log " + file + ": " + e.getMessage(), e);
        }
    }

    /** Takes bytes as they come; a line counts when its break, or the end of the log, is seen. */
    synchronized void write(byte[] bytes, int length) throws IOException {
        if (closed) {
            return;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                endLine();
            } else {
                line.write(bytes[i]);
                if (line.size() >= MAX_LINE) {
                    endLine();
                }
            }
        }
        out.flush();
    }

    private void endLine() throws IOException {
        byte[] stamp = (clock.instant() + " ").getBytes(StandardCharsets.US_ASCII);
        long size = stamp.length + line.size() + 1L;
        if (written > 0 && written + size > maxBytes) {
            out.close();
            Files.move(file, previous(), StandardCopyOption.REPLACE_EXISTING);
            out = open(file);
            written = 0;
        }
        out.write(stamp);
        line.writeTo(out);
        out.write('\n');
        line.reset();
        written += size;
        total++;
        notifyAll();
    }

    /** All lines that are kept, oldest first. */
    public List<Line> lines() {
        return content().lines();
    }

    /** Lines and their number, taken at one moment. */
    public synchronized Content content() {
        List<Line> lines = new ArrayList<>();
        for (Path part : List.of(previous(), file)) {
            if (Files.isReadable(part)) {
                try {
                    String text = new String(Files.readAllBytes(part), StandardCharsets.UTF_8);
                    text.lines().map(LogFile::parse).forEach(lines::add);
                } catch (IOException e) {
                    throw new UncheckedIOException("Cannot read the log " + part + ": " + e.getMessage(), e);
                }
            }
        }
        return new Content(lines, total, closed);
    }

    /** Waits until there have been more than {@code seen} lines, or the log has ended. */
    public synchronized void awaitMore(long seen) throws InterruptedException {
        while (total <= seen && !closed) {
            wait();
        }
    }

    /** Removes the files of a log that has ended. */
    public synchronized void delete() {
        try {
            Files.deleteIfExists(previous());
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove the log " + file + ": " + e.getMessage(), e);
        }
    }

    private static Line parse(String stamped) {
        int space = stamped.indexOf(' ');
        return new Line(Instant.parse(stamped.substring(0, space)), stamped.substring(space + 1));
    }

    private Path previous() {
        return file.resolveSibling(file.getFileName() + ".1");
    }

    private static OutputStream open(Path file) throws IOException {
        return new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING));
    }

    /** Ends the log; what was begun of a last line is kept as one. The files stay. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        notifyAll();
        try {
            try {
                if (line.size() > 0) {
                    endLine();
                }
            } finally {
                out.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot end the log " + file + ": " + e.getMessage(), e);
        }
    }
}
