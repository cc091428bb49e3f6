package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Observation.UsageSeen;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Asks the kubelet again and again what some pods use. */
final class UsageWatch implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(500);

    private final Thread thread;
    private volatile boolean open = true;

    UsageWatch(KubernetesClient client, List<Pod> pods, MonotonicClock clock, Consumer<Observation> sink) {
        this.thread = new Thread(
                () -> {
                    while (open) {
                        for (Pod pod : pods) {
                            PodUsage.read(client, pod.node(), pod.uid())
                                    .ifPresent(usage -> sink.accept(new UsageSeen(clock.nanos(), pod.uid(), usage)));
                        }
                        LockSupport.parkNanos(PERIOD.toNanos());
                    }
                },
                "usage");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        open = false;
        LockSupport.unpark(thread);
    }
}
