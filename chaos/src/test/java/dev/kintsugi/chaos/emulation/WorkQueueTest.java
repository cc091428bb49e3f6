package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkQueueTest {
    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    @Test
    void oneKeyIsNeverAtWorkTwiceAtOnceAndComesRoundAgainWhenAskedForMeanwhile() throws Exception {
        AtomicInteger atWork = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (WorkQueue<String> queue = new WorkQueue<>("test", 4, key -> {
            most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
            started.countDown();
            await(go);
            atWork.decrementAndGet();
            done.add(key);
        })) {
            queue.add("a", Duration.ZERO);
            started.await();
            queue.add("a", Duration.ZERO);
            queue.add("a", Duration.ZERO);
            go.countDown();

            assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
            assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
            queue.add("b", Duration.ZERO);
            assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("b");
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void anEarlierTimeReplacesALaterOne() throws Exception {
        try (WorkQueue<String> queue = new WorkQueue<>("test", 1, done::add)) {
            queue.add("a", Duration.ofHours(1));
            queue.add("a", Duration.ZERO);
            queue.add("a", Duration.ofHours(2));

            assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
        }
    }

    @Test
    void aKeyWhoseWorkFailsCanBeAskedForAgain() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (WorkQueue<String> queue = new WorkQueue<>("test", 1, key -> {
            done.add(key);
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("broken");
            }
        })) {
            queue.add("a", Duration.ZERO);
            assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
            queue.add("a", Duration.ZERO);
            assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
