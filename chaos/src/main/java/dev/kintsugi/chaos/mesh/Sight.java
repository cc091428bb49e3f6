package dev.kintsugi.chaos.mesh;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an eye on one experiment: by a watch, whose events are stamped at receipt, and by a look of its own whenever the
 * watch has been silent for a moment, since a watch can end without a word.
 */
final class Sight implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sight.class);
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long OPENING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final BlockingQueue<Observation> events = new LinkedBlockingQueue<>();
    private final Resource<GenericKubernetesResource> resource;
    private final LongSupplier nanoTime;
    private final Bounded bounded;
    private @Nullable Watch watch;

    Sight(Resource<GenericKubernetesResource> resource, LongSupplier nanoTime, Bounded bounded) {
        this.resource = resource;
        this.nanoTime = nanoTime;
        this.bounded = bounded;
    }

    /** Opens the watch. Where that fails, looking remains. */
    Sight open(long deadlineNanos) throws InterruptedException {
        long patience = Math.min(OPENING_NANOS, (deadlineNanos - nanoTime.getAsLong()) / 4);
        try {
            watch = bounded.call(patience, () -> resource.watch(new Receiver()));
        } catch (KubernetesClientException | TimeoutException e) {
            LOG.debug("no watch, looking from time to time instead", e);
        }
        return this;
    }

    /**
     * The next thing seen.
     *
     * @throws TimeoutException when nothing could be seen before the deadline
     * @throws KubernetesClientException when the cluster answers a look with an error
     */
    Observation next(long deadlineNanos) throws InterruptedException, TimeoutException {
        long remaining = deadlineNanos - nanoTime.getAsLong();
        if (remaining <= 0) {
            throw new TimeoutException();
        }
        Observation event = events.poll(Math.min(remaining, SILENCE_NANOS), TimeUnit.NANOSECONDS);
        return event != null ? event : look(deadlineNanos);
    }

    private Observation look(long deadlineNanos) throws InterruptedException, TimeoutException {
        return bounded.call(deadlineNanos - nanoTime.getAsLong(), () -> {
            @Nullable GenericKubernetesResource seen = resource.get();
            return new Observation(nanoTime.getAsLong(), seen);
        });
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }

    private final class Receiver implements Watcher<GenericKubernetesResource> {
        @Override
        public void eventReceived(Action action, GenericKubernetesResource seen) {
            long now = nanoTime.getAsLong();
            if (action == Action.DELETED) {
                events.add(new Observation(now, null));
            } else if (action != Action.BOOKMARK && action != Action.ERROR) {
                events.add(new Observation(now, seen));
            }
        }

        @Override
        public void onClose(WatcherException cause) {
            LOG.debug("watch ended", cause);
        }
    }
}
