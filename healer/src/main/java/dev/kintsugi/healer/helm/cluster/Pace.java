package dev.kintsugi.healer.helm.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time, for what has to wait. */
interface Pace {

    /** The system's clock. */
    Pace REAL = new Pace() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
            boolean never = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
            assert !never;
        }
    };

    Instant now();

    void pause(Duration time) throws InterruptedException;
}
