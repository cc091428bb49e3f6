package dev.kintsugi.chaos.emulation.stressor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Memory that makes this process as large as it is told to be. What counts is what a container's memory limit counts and no
 * other process shares: anonymous and shared-memory pages ({@code RssAnon + RssShmem}), the JVM's own among them.
 */
final class Ballast {
    private static final int PAGE = 4096;
    private static final int CHUNK = 1024 * 1024;
    private static final long CHECK_MILLIS = 500;

    private final long targetBytes;
    private final List<ByteBuffer> chunks = new ArrayList<>();

    Ballast(long targetBytes) {
        this.targetBytes = targetBytes;
    }

    /** Fills up to the target, with so many threads at once, then to the page by this one. */
    void fill(int workers) throws InterruptedException {
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
    void hold() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        while (!never.await(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
            topUp();
        }
    }

    private void add(long count) {
        for (long i = 0; i < count; i++) {
            occupy(CHUNK);
        }
    }

    /** Each round adds less than is missing or exactly that, so that the target is not overshot by more than a page. */
    private void topUp() {
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

    /** What this process has resident for itself alone, in bytes. */
    static long residentBytes() {
        try {
            long kibibytes = 0;
            for (String line : Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.US_ASCII)) {
                if (line.startsWith("RssAnon:") || line.startsWith("RssShmem:")) {
                    kibibytes += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            return kibibytes * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the size of this process", e);
        }
    }
}
