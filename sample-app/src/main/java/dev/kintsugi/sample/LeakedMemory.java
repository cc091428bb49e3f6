package dev.kintsugi.sample;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Memory held outside the heap. Direct buffers are zeroed when they are allocated, which touches each of their pages: the
 * memory is resident, also beyond the heap's limit. How much there may be in all is set by
 * {@code -XX:MaxDirectMemorySize}.
 */
final class LeakedMemory {

    private static final long CHUNK_BYTES = 1 << 20;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Log log;
    private final List<ByteBuffer> held = new ArrayList<>();
    private long heldBytes;
    private @Nullable Thread leaking;

    LeakedMemory(Log log) {
        this.log = log;
    }

    /** Grows from what is held already; a leak that is still growing goes on with the new rate and limit. */
    synchronized void grow(MemoryLeak leak) {
        Thread thread = new Thread(() -> run(leak), "memory-leak");
        thread.setDaemon(true);
        leaking = thread;
        thread.start();
    }

    /** Gives everything back. */
    synchronized void release() {
        leaking = null;
        if (heldBytes > 0) {
            held.clear();
            heldBytes = 0;
            collectFreedBuffers();
        }
    }

    synchronized long bytes() {
        return heldBytes;
    }

    private void run(MemoryLeak leak) {
        long chunk = Math.min(CHUNK_BYTES, Math.max(1, leak.bytesPerSecond() / 10));
        long started = System.nanoTime();
        long grown = 0;
        while (add(chunk, leak.limitBytes())) {
            grown += chunk;
            long due = started + (long) ((double) grown / leak.bytesPerSecond() * SECOND_NANOS);
            for (long left = due - System.nanoTime(); left > 0 && isLeaking(); left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private synchronized boolean isLeaking() {
        return leaking == Thread.currentThread();
    }

    /** Holds a chunk more, or what is left to the limit; false when that was the last. */
    private synchronized boolean add(long chunk, long limit) {
        int bytes = (int) Math.min(chunk, limit - heldBytes);
        if (!isLeaking() || bytes <= 0) {
            return false;
        }
        try {
            held.add(ByteBuffer.allocateDirect(bytes));
        } catch (OutOfMemoryError full) {
            log.warn("The memory leak ends: the JVM gives no more", "heldBytes", heldBytes);
            return false;
        }
        heldBytes += bytes;
        return true;
    }

    /** Direct buffers are freed when the collector finds that nobody holds them. */
    private static void collectFreedBuffers() {
        System.gc();
    }
}
