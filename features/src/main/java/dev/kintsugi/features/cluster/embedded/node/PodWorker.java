package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.ContainerRun;
import dev.kintsugi.features.cluster.embedded.node.pod.Notice;
import dev.kintsugi.features.cluster.embedded.node.pod.Operation;
import dev.kintsugi.features.cluster.embedded.node.pod.PodInput;
import dev.kintsugi.features.cluster.embedded.node.pod.PodMachine;
import dev.kintsugi.features.cluster.embedded.node.pod.Step;
import dev.kintsugi.features.cluster.embedded.node.pod.WaitingReason;
import dev.kintsugi.features.cluster.embedded.node.runtime.RunningContainer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries out for one pod what its {@link PodMachine} decides, and tells it what came of it. All of it happens in the worker's mailbox,
 * so the machine and the sandbox are used by one thread at a time.
 */
final class PodWorker {

    private final Shared shared;
    private final String node;
    private final Mailbox mailbox;
    private final PodMachine machine;
    private final Sandbox sandbox;
    private final StatusWriter statusWriter;
    private final Runnable onGone;
    private final Set<String> stopping = new HashSet<>();
    private volatile Pod pod;
    private @Nullable ScheduledFuture<?> look;
    private @Nullable PodStatus reported;

    PodWorker(Shared shared, String node, String hostIp, Duration nodeOffset, Pod pod, Runnable onGone) {
        this.shared = shared;
        this.node = node;
        this.pod = pod;
        this.onGone = onGone;
        this.mailbox = new Mailbox(shared.timer());
        this.machine = new PodMachine(
                pod,
                hostIp,
                nodeOffset,
                shared.options().timings(),
                shared.options().seed() ^ pod.getMetadata().getUid().hashCode());
        this.sandbox = new Sandbox(shared, hostIp);
        this.statusWriter = new StatusWriter(shared, pod);
    }

    void begin() {
        post(new PodInput.Look());
    }

    void changed(Pod next) {
        pod = next;
        mailbox.execute(() -> {
            step(new PodInput.Changed(next));
            repairStatus(next);
        });
    }

    void removed(Pod last) {
        post(new PodInput.Removed(last));
    }

    Pod pod() {
        return pod;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    /** The node is silent: containers run on, but nothing is decided, asked or reported. */
    void hold() {
        mailbox.hold();
    }

    void release() {
        mailbox.release();
    }

    private void post(PodInput input) {
        mailbox.execute(() -> step(input));
    }

    private void step(PodInput input) {
        Instant now = shared.now();
        Step step = machine.step(input, sandbox.view(), now);
        PodStatus status = machine.status();
        if (status != null && !status.equals(reported)) {
            reported = status;
            statusWriter.write(status);
        }
        step.notices().forEach(notice -> shared.events().tell(machine.pod(), node, notice, now));
        step.operations().forEach(this::perform);
        lookAt(step.nextLook(), now);
        if (step.gone()) {
            sandbox.dispose();
            onGone.run();
        }
    }

    private void lookAt(@Nullable Instant next, Instant now) {
        if (look != null) {
            look.cancel(false);
            look = null;
        }
        if (next != null) {
            long delay = Math.max(0, Duration.between(now, next).toNanos());
            look = shared.timer().schedule(() -> post(new PodInput.Look()), delay, TimeUnit.NANOSECONDS);
        }
    }

    /** Others may have written what is the agent's to say, as the node lifecycle loop does for a silent node. */
    private void repairStatus(Pod seen) {
        PodStatus own = machine.status();
        if (own != null && statusWriter.idle() && !ready(own).equals(ready(seen.getStatus()))) {
            statusWriter.write(own);
        }
    }

    private static String ready(@Nullable PodStatus status) {
        return status == null
                ? ""
                : status.getConditions().stream()
                        .filter(each -> each.getType().equals("Ready"))
                        .map(PodCondition::getStatus)
                        .findFirst()
                        .orElse("");
    }

    private void perform(Operation operation) {
        if (operation instanceof Operation.Ask ask) {
            ask(ask);
        } else if (operation instanceof Operation.Change change) {
            change(change);
        } else if (operation instanceof Operation.End end) {
            end(end.grace());
        } else if (operation instanceof Operation.Hasten hasten) {
            sandbox.view().running().stream()
                    .filter(run -> stopping.contains(run.id()))
                    .forEach(run -> sandbox.container(run).ifPresent(container -> container.stop(hasten.grace())));
        } else if (operation instanceof Operation.Delete) {
            statusWriter.delete();
        }
    }

    private void ask(Operation.Ask ask) {
        // Nobody could be asked in a pod that is all simulated. Where a real container's place is taken by a simulated
        // one, as when its
        // image was swapped, the request finds nobody listening, as it would find in a real pod.
        CompletionStage<PodInput.Answer> answer = sandbox.link().isEmpty()
                ? CompletableFuture.completedStage(PodInput.Answer.GOOD)
                : shared.prober()
                        .ask(ask.container(), ask.probe(), sandbox.podIp().orElseThrow());
        answer.thenAccept(
                given -> post(new PodInput.Answered(ask.container().getName(), ask.kind(), ask.runId(), given)));
    }

    private void change(Operation.Change change) {
        List<CompletableFuture<?>> stopped = new ArrayList<>();
        for (Operation.Stop stop : change.stops()) {
            sandbox.container(stop.run())
                    .ifPresent(container -> stopped.add(stop(stop.run(), container, stop.grace())));
        }
        CompletableFuture<?> all = CompletableFuture.allOf(stopped.toArray(CompletableFuture<?>[]::new));
        for (Operation.Start start : change.starts()) {
            all = all.thenComposeAsync(ignored -> start(start), mailbox);
        }
        var unused = all.whenCompleteAsync((ignored, failure) -> step(new PodInput.Done()), mailbox);
    }

    /** Completes normally, however it went; the machine is told. */
    private CompletionStage<?> start(Operation.Start start) {
        Pod current = machine.pod();
        String name = start.container().getName();
        return CompletableFuture.supplyAsync(() -> sandbox.launch(current, start), shared.blocking())
                .thenCompose(launched -> launched)
                .handleAsync(
                        (container, failure) -> {
                            if (failure == null) {
                                ContainerRun run = sandbox.begun(current, start, container);
                                container.exit().thenAcceptAsync(exit -> ended(run, exit), mailbox);
                                step(new PodInput.Started(name));
                            } else {
                                step(new PodInput.StartFailed(name, reason(failure)));
                            }
                            return name;
                        },
                        mailbox);
    }

    private static WaitingReason reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof Sandbox.StartException known
                ? known.reason()
                : new WaitingReason("RunContainerError", String.valueOf(cause.getMessage()));
    }

    private void ended(ContainerRun run, ContainerRun.Exit exit) {
        stopping.remove(run.id());
        sandbox.ended(run, exit);
        step(new PodInput.Look());
    }

    private void end(Duration grace) {
        List<CompletableFuture<?>> ended = new ArrayList<>();
        for (ContainerRun run : sandbox.view().running()) {
            sandbox.container(run).ifPresent(container -> ended.add(stop(run, container, grace)));
        }
        var unused = CompletableFuture.allOf(ended.toArray(CompletableFuture<?>[]::new))
                .thenRunAsync(
                        () -> {
                            sandbox.disconnect();
                            step(new PodInput.Ended());
                        },
                        mailbox);
    }

    /** The container's preStop hook first, if it has one; it is paid for from the grace, of which at least 2 s are left afterwards. */
    private CompletableFuture<?> stop(ContainerRun run, RunningContainer container, Duration grace) {
        stopping.add(run.id());
        Optional<LifecycleHandler> hook = container.simulated() ? Optional.empty() : preStop(run);
        if (hook.isEmpty()) {
            container.stop(grace);
        } else {
            Instant begun = shared.now();
            call(run, hook.get(), grace)
                    .whenCompleteAsync(
                            (ignored, failure) -> {
                                Duration left = grace.minus(Duration.between(begun, shared.now()));
                                Duration least = Duration.ofSeconds(2);
                                container.stop(left.compareTo(least) < 0 ? least : left);
                            },
                            mailbox);
        }
        return sandbox.end(run);
    }

    private Optional<LifecycleHandler> preStop(ContainerRun run) {
        return spec(run).map(Container::getLifecycle).map(Lifecycle::getPreStop);
    }

    private Optional<Container> spec(ContainerRun run) {
        return machine.pod().getSpec().getContainers().stream()
                .filter(each -> each.getName().equals(run.container()))
                .findFirst();
    }

    private CompletionStage<?> call(ContainerRun run, LifecycleHandler hook, Duration grace) {
        CompletionStage<PodInput.Answer> answer = hook.getHttpGet() == null
                ? CompletableFuture.completedStage(new PodInput.Answer(
                        PodInput.Outcome.ERROR, "only httpGet hooks can be run by the embedded cluster"))
                : shared.prober()
                        .get(
                                spec(run).orElseThrow(),
                                hook.getHttpGet(),
                                sandbox.podIp().orElseThrow(),
                                grace);
        return answer.thenAccept(given -> {
            if (given.outcome() != PodInput.Outcome.GOOD) {
                shared.events()
                        .tell(
                                machine.pod(),
                                node,
                                new Notice(
                                        true,
                                        "FailedPreStopHook",
                                        "PreStopHook failed: " + given.message(),
                                        "spec.containers{" + run.container() + "}"),
                                shared.now());
            }
        });
    }
}
