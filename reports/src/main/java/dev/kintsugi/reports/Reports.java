package dev.kintsugi.reports;

import dev.kintsugi.reports.json.RunJson;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.render.Format;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.Map;

/** The reports of a run on disk. */
public final class Reports {

    private Reports() {}

    /**
     * Writes {@code run.json}, {@code report.html}, {@code junit.xml} and {@code summary.md} to a directory, which is made when
     * it is missing. All are rendered and written under other names before the first is moved to its own, so that each file is
     * always whole, and nothing is written when one cannot be.
     *
     * @throws ReportException when the directory or a file cannot be written; says which and why
     */
    public static void write(Run run, Path directory) {
        Map<Format, String> contents = new EnumMap<>(Format.class);
        for (Format format : Format.values()) {
            contents.put(format, format.render(run));
        }
        Map<Format, Path> temporary = new EnumMap<>(Format.class);
        Path current = directory;
        try {
            Files.createDirectories(directory);
            for (Format format : Format.values()) {
                current = directory.resolve(format.fileName());
                if (Files.isDirectory(current)) {
                    throw new IOException("it is a directory");
                }
                Path file = directory.resolve(
                        "." + format.fileName() + "." + ProcessHandle.current().pid() + ".tmp");
                temporary.put(format, file);
                Files.writeString(file, contents.get(format));
            }
            for (Format format : Format.values()) {
                current = directory.resolve(format.fileName());
                Files.move(
                        temporary.get(format),
                        current,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            discard(temporary.values(), e);
            throw new ReportException("cannot write " + current + ": " + reason(e), e);
        }
    }

    /**
     * Reads a {@code run.json}.
     *
     * @throws ReportException when it is missing, unreadable, too large or not a run of the present format; says where and why
     */
    public static Run read(Path file) {
        byte[] json;
        try (InputStream in = Files.newInputStream(file)) {
            json = in.readNBytes((int) RunJson.MAX_BYTES + 1);
        } catch (IOException e) {
            throw new ReportException(
                    "cannot read " + file + ": " + (Files.isDirectory(file) ? "it is a directory" : reason(e)), e);
        }
        if (json.length > RunJson.MAX_BYTES) {
            throw new ReportException(
                    "cannot read " + file + ": it is larger than " + (RunJson.MAX_BYTES >> 20) + " MiB");
        }
        try {
            return RunJson.read(json);
        } catch (IllegalArgumentException e) {
            throw new ReportException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** What made writing fail may make this fail too; the first error stays the one that is reported. */
    private static void discard(Iterable<Path> files, IOException first) {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                first.addSuppressed(e);
            }
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "a file of that name is in the way of a directory";
        }
        if (e instanceof NotDirectoryException) {
            return "not a directory";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
