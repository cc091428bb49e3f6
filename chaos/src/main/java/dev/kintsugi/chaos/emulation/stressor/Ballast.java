package dev.kintsugi.chaos.emulation.stressor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Memory that makes this process as large as it is told to be. What counts is what a container's memory limit counts and no
 * other process shares: anonymous and shared-memory pages ({@code RssAnon + RssShmem}), the JVM's own among them.
 */
final class Ballast {
    private static final int PAGE = 4096;
    private static final int CHUNK = 1024 * 1024;
    private static final long CHECK_MILLIS = 500;

    private static final byte[] RSS_ANON = "RssAnon:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RSS_SHMEM = "RssShmem:".getBytes(StandardCharsets.US_ASCII);

    private final long targetBytes;
    private final RandomAccessFile status;
    private final byte[] text = new byte[PAGE];
    private final List<ByteBuffer> chunks = new ArrayList<>();

    Ballast(long targetBytes) throws IOException {
        this.targetBytes = targetBytes;
        this.status = new RandomAccessFile("/proc/self/status", "r");
    }

    /** Fills up to the target, with so many threads at once, then to the page by this one. */
    void fill(int workers) throws IOException, InterruptedException {
        long share = Math.max(0, targetBytes - residentBytes() - CHUNK) / CHUNK / workers;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            Thread thread = new Thread(() -> add(share), "memory-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        topUp();
    }

    /** Stays at the target for ever: what the JVM gives back is taken again. */
    void hold() throws IOException, InterruptedException {
        while (true) {
            Thread.sleep(CHECK_MILLIS);
            topUp();
        }
    }

    private void add(long count) {
        for (long i = 0; i < count; i++) {
            occupy(CHUNK);
        }
    }

    /** Each round adds less than is missing or exactly that, so that the target is not overshot by more than a page. */
    private void topUp() throws IOException {
        long missing = targetBytes - residentBytes();
        while (missing >= PAGE) {
            occupy((int) Math.min(missing / PAGE * PAGE, CHUNK));
            missing = targetBytes - residentBytes();
        }
    }

    /** A direct buffer is zeroed and so touched by its allocation; the marks keep it from being merged or swapped as empty. */
    private void occupy(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
        for (int offset = 0; offset < bytes; offset += PAGE) {
            buffer.put(offset, (byte) (offset / PAGE + 1));
        }
        synchronized (chunks) {
            chunks.add(buffer);
        }
    }

    /** What this process has resident for itself alone, in bytes. Allocates nothing, so that looking changes nothing. */
    long residentBytes() throws IOException {
        int length = 0;
        status.seek(0);
        for (int read = status.read(text); read > 0; read = status.read(text, length, text.length - length)) {
            length += read;
        }
        return (kibibytes(RSS_ANON, length) + kibibytes(RSS_SHMEM, length)) * 1024;
    }

    /** The figure after a name at the beginning of a line. */
    private long kibibytes(byte[] name, int length) {
        int at = 0;
        while (!Arrays.equals(text, at, Math.min(at + name.length, length), name, 0, name.length)) {
            at = next((byte) '\n', at, length) + 1;
            if (at >= length) {
                throw new IllegalStateException("/proc/self/status does not tell the resident size");
            }
        }
        long figure = 0;
        for (int i = at + name.length; i < next((byte) '\n', at, length); i++) {
            if (text[i] >= '0' && text[i] <= '9') {
                figure = figure * 10 + text[i] - '0';
            }
        }
        return figure;
    }

    private int next(byte wanted, int from, int length) {
        int at = from;
        while (at < length && text[at] != wanted) {
            at++;
        }
        return at;
    }
}
