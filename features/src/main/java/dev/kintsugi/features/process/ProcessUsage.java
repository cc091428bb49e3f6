package dev.kintsugi.features.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.StringTokenizer;

/** What a process uses of the machine, read from {@code /proc} (Linux); a process that is gone uses nothing. */
public final class ProcessUsage {

    /** {@code USER_HZ}: the unit of the CPU times in {@code /proc/PID/stat}, fixed at 100 per second by the kernel's ABI. */
    private static final int TICKS_PER_SECOND = 100;

    private ProcessUsage() {}

    /**
     * Memory in bytes that a memory limit counts: anonymous and shared pages that are resident ({@code RssAnon} and
     * {@code RssShmem} of proc(5)). Pages of mapped files are left out, since the kernel takes them back before it kills.
     */
    public static long residentBytes(long pid) {
        String status = read(pid, "status");
        return 1024 * (kibibytes(status, "RssAnon:") + kibibytes(status, "RssShmem:"));
    }

    /** User and system CPU time that the process has spent so far. */
    public static Duration cpuTime(long pid) {
        String stat = read(pid, "stat");
        int afterName = stat.lastIndexOf(')');
        if (afterName < 0) {
            return Duration.ZERO;
        }
        // Field 3 (state) follows the name; utime and stime are fields 14 and 15.
        StringTokenizer fields = new StringTokenizer(stat.substring(afterName + 1));
        for (int field = 3; field < 14; field++) {
            fields.nextToken();
        }
        long ticks = Long.parseLong(fields.nextToken()) + Long.parseLong(fields.nextToken());
        return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
    }

    private static long kibibytes(String status, String key) {
        int at = status.indexOf(key);
        if (at < 0) {
            return 0;
        }
        StringTokenizer value = new StringTokenizer(status.substring(at + key.length()));
        return Long.parseLong(value.nextToken());
    }

    private static String read(long pid, String file) {
        try {
            return new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(pid), file)), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
