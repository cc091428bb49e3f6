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

    private static final long DEFAULT_GRACE_SECONDS = 30;
    private static final Duration SHUTDOWN_WINDOW = Duration.ofSeconds(2);
    private static final Duration LONGEST_HOOK = Duration.ofDays(1);

    private final Shared shared;
    private final String node;
    private final Mailbox mailbox;
    private final PodMachine machine;
    private final Sandbox sandbox;
    private final StatusWriter statusWriter;
    private final Simulations simulations;
    private final Volumes volumes;
    private final Runnable onGone;
    private final Set<String> stopping = new HashSet<>();
    private volatile Pod pod;
    private CompletableFuture<PodInput.Answer> postStart = new CompletableFuture<>();
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
        this.simulations = new Simulations(pod);
        this.volumes = new Volumes(shared, notice -> mailbox.execute(() -> tell(notice)));
    }

    void begin() {
        post(new PodInput.Look());
    }

    void changed(Pod next) {
        pod = next;
        mailbox.execute(() -> {
            step(new PodInput.Changed(next));
            simulations.update(next, sandbox.view(), this::isProcess).forEach(this::simulate);
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

    /** As a kubelet that begins anew, it does not know what it has reported before. */
    void release() {
        reported = null;
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

    /** Does to a container what its annotation has come to say. */
    private void simulate(Simulations.Change change) {
        if (change.problem() != null) {
            String path = "spec.containers{" + change.container() + "}";
            tell(new Notice(true, "InvalidSimulation", change.problem(), path));
        } else if (change.order().isPresent()) {
            sandbox.container(change.container()).ifPresent(container -> {
                switch (change.order().get()) {
                    case KILL -> container.kill();
                    case EXHAUST_MEMORY -> container.killForMemory();
                }
            });
        }
    }

    private boolean isProcess(String container) {
        return sandbox.container(container).filter(each -> !each.simulated()).isPresent();
    }

    private void tell(Notice notice) {
        shared.events().tell(machine.pod(), node, notice, shared.now());
    }

    private void perform(Operation operation) {
        if (operation instanceof Operation.Ask ask) {
            answer(ask)
                    .thenAccept(given ->
                            post(new PodInput.Answered(ask.container().getName(), ask.kind(), ask.runId(), given)));
        } else if (operation instanceof Operation.Change change) {
            change(change);
        } else if (operation instanceof Operation.End end) {
            end(end.grace());
        } else if (operation instanceof Operation.Hasten hasten) {
            volumes.giveUp();
            postStart.complete(PodInput.Answer.GOOD);
            sandbox.view().running().stream()
                    .filter(run -> stopping.contains(run.id()))
                    .forEach(run -> sandbox.container(run)
                            .ifPresent(container -> container.stop(atLeast(SHUTDOWN_WINDOW, hasten.grace()))));
        } else if (operation instanceof Operation.Delete) {
            statusWriter.delete();
        }
    }

    /** A process is asked over the network; a simulated container, or one that has ended in a pod without a process, is not. */
    private CompletionStage<PodInput.Answer> answer(Operation.Ask ask) {
        String podIp = sandbox.podIp().orElseThrow();
        Optional<RunningContainer> asked = sandbox.running(ask.runId());
        boolean real =
                asked.map(each -> !each.simulated()).orElse(sandbox.link().isPresent());
        if (real) {
            return shared.prober().ask(ask.container(), ask.probe(), podIp);
        }
        boolean serves = asked.map(RunningContainer::serves).orElse(false);
        String name = ask.container().getName();
        int attempt = sandbox.view().latest(name).map(ContainerRun::attempt).orElse(0);
        var fault = asked.flatMap(each -> simulations.fault(name, ask.kind(), attempt));
        return Hooks.later(shared.timer(), SimulatedAnswers.probe(ask.container(), ask.probe(), podIp, serves, fault));
    }

    private void change(Operation.Change change) {
        List<CompletableFuture<?>> stopped = new ArrayList<>();
        for (Operation.Stop stop : change.stops()) {
            sandbox.container(stop.run())
                    .ifPresent(container -> stopped.add(stop(stop.run(), container, stop.grace())));
        }
        CompletableFuture<?> all = CompletableFuture.allOf(stopped.toArray(CompletableFuture<?>[]::new));
        if (change.starts().isEmpty() && sandbox.podIp().isEmpty()) {
            Pod current = machine.pod();
            all = all.thenRunAsync(() -> sandbox.prepare(current), shared.blocking());
        }
        if (!change.starts().isEmpty()) {
            Pod current = machine.pod();
            CompletableFuture<Boolean> mounted = all.thenComposeAsync(ignored -> volumes.mount(current), mailbox);
            all = mounted;
            for (Operation.Start start : change.starts()) {
                all = all.thenComposeAsync(
                        ignored -> mounted.join() ? start(start) : CompletableFuture.completedStage(null), mailbox);
            }
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
                            if (failure != null) {
                                step(new PodInput.StartFailed(name, reason(failure)));
                                return CompletableFuture.completedFuture(null);
                            }
                            ContainerRun run = sandbox.begun(current, start, container);
                            container
                                    .exit()
                                    .thenApply(exit -> TerminationMessage.added(start.container(), container, exit))
                                    .thenAcceptAsync(exit -> ended(run, exit), mailbox);
                            step(new PodInput.Started(name));
                            return postStart(start.container(), run, container);
                        },
                        mailbox)
                .thenCompose(through -> through);
    }

    /** The next container waits for this hook; one that fails is the end of its container. */
    private CompletionStage<?> postStart(Container container, ContainerRun run, RunningContainer running) {
        Optional<LifecycleHandler> hook = Hooks.postStart(container);
        if (hook.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        postStart = new CompletableFuture<>();
        CompletableFuture<PodInput.Answer> answer = postStart;
        shared.hooks()
                .run(container, running, hook.get(), sandbox.podIp().orElseThrow(), LONGEST_HOOK)
                .thenAccept(answer::complete);
        running.exit().thenAccept(exit -> answer.complete(PodInput.Answer.GOOD));
        return answer.thenComposeAsync(
                given -> {
                    if (given.outcome() == PodInput.Outcome.GOOD) {
                        return CompletableFuture.completedFuture(null);
                    }
                    step(new PodInput.PostStartFailed(container.getName(), given.message()));
                    Long grace = machine.pod().getSpec().getTerminationGracePeriodSeconds();
                    return stop(run, running, Duration.ofSeconds(grace == null ? DEFAULT_GRACE_SECONDS : grace));
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

    /**
     * The container's preStop hook first, if it has one; it is paid for from the grace, of which at least 2 s are left afterwards
     * ({@code minimumGracePeriodInSeconds} of the kubelet).
     */
    private CompletableFuture<?> stop(ContainerRun run, RunningContainer container, Duration grace) {
        stopping.add(run.id());
        Optional<Container> spec = spec(run);
        Optional<LifecycleHandler> hook = spec.flatMap(Hooks::preStop);
        if (hook.isEmpty()) {
            container.stop(atLeast(SHUTDOWN_WINDOW, grace));
        } else {
            Instant begun = shared.now();
            shared.hooks()
                    .run(spec.get(), container, hook.get(), sandbox.podIp().orElseThrow(), grace)
                    .whenCompleteAsync(
                            (given, failure) -> {
                                if (given != null && given.outcome() != PodInput.Outcome.GOOD) {
                                    String path = "spec.containers{" + run.container() + "}";
                                    String message = "PreStopHook failed: " + given.message();
                                    tell(new Notice(true, "FailedPreStopHook", message, path));
                                }
                                Duration left = grace.minus(Duration.between(begun, shared.now()));
                                container.stop(atLeast(SHUTDOWN_WINDOW, left));
                            },
                            mailbox);
        }
        return sandbox.end(run);
    }

    private static Duration atLeast(Duration least, Duration time) {
        return time.compareTo(least) < 0 ? least : time;
    }

    private Optional<Container> spec(ContainerRun run) {
        return machine.pod().getSpec().getContainers().stream()
                .filter(each -> each.getName().equals(run.container()))
                .findFirst();
    }
}
