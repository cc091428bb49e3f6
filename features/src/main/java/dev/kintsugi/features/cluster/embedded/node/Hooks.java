package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Answer;
import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Outcome;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs the lifecycle hooks of containers. A process can be asked by {@code httpGet} only: it has no file system of its own that a
 * command could be run in. For a simulated container a hook takes as long as its command is known to take.
 */
final class Hooks {

    private final Prober prober;
    private final ScheduledExecutorService timer;

    Hooks(Prober prober, ScheduledExecutorService timer) {
        this.prober = prober;
        this.timer = timer;
    }

    static Optional<LifecycleHandler> postStart(Container container) {
        return Optional.ofNullable(container.getLifecycle()).map(Lifecycle::getPostStart);
    }

    static Optional<LifecycleHandler> preStop(Container container) {
        return Optional.ofNullable(container.getLifecycle()).map(Lifecycle::getPreStop);
    }

    /** Runs a hook; never completes exceptionally, and not later than the limit. */
    CompletionStage<Answer> run(
            Container container, RunningContainer running, LifecycleHandler hook, String podIp, Duration limit) {
        if (running.simulated()) {
            var timed = SimulatedAnswers.hook(container, hook, podIp, running.serves(), limit);
            return later(timer, timed);
        }
        return hook.getHttpGet() == null
                ? CompletableFuture.completedStage(
                        new Answer(Outcome.ERROR, "only httpGet hooks can be run by the embedded cluster"))
                : prober.get(container, hook.getHttpGet(), podIp, limit);
    }

    /** An answer that is there after its time. */
    static CompletionStage<Answer> later(ScheduledExecutorService timer, SimulatedAnswers.Timed timed) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        if (timed.after().isZero()) {
            answer.complete(timed.answer());
        } else {
            var unused = timer.schedule(
                    () -> answer.complete(timed.answer()), timed.after().toMillis(), TimeUnit.MILLISECONDS);
        }
        return answer;
    }
}
