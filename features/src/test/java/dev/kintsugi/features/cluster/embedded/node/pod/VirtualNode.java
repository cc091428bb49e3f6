package dev.kintsugi.features.cluster.embedded.node.pod;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.node.pod.ContainerRun.Exit;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A node with one pod in virtual time: a clock, a runtime whose containers do as scripted, and a record of all that is reported. */
final class VirtualNode {

    static final Instant START = Instant.parse("2026-01-01T00:00:00.100Z");
    private static final Duration START_UP = Duration.ofMillis(250);

    /** How one run of a container goes: ends by itself after a time (null: never), on SIGTERM with a code (null: ignores it). */
    record Script(
            @Nullable Duration ends, int code, @Nullable Integer onTerm) {
        static Script serves() {
            return new Script(null, 0, 0);
        }

        static Script ignoresTerm() {
            return new Script(null, 0, null);
        }

        static Script exits(int code, Duration after) {
            return new Script(after, code, 0);
        }
    }

    record Reported(Duration at, String what) {}

    private record Due(Instant at, int order, Runnable what) {}

    final List<Reported> statuses = new ArrayList<>();
    final List<Reported> events = new ArrayList<>();
    private final List<PodStatus> full = new ArrayList<>();
    final Map<ProbeKind, PodInput.Answer> answers = new HashMap<>();

    /** Containers that cannot be started, and why. */
    final Map<String, WaitingReason> refused = new HashMap<>();

    private final PriorityQueue<Due> agenda =
            new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::order));
    private final Map<String, IntFunction<Script>> scripts = new HashMap<>();
    private final List<ContainerRun> runs = new ArrayList<>();
    private final Map<String, Script> scriptOfRun = new HashMap<>();
    private final PodMachine machine;
    private Instant now = START;
    private Instant actedAt = START;
    private int order;
    private @Nullable String podIp;
    private @Nullable Instant nextLook;
    private Operation.@Nullable Change change;
    private boolean ending;
    boolean gone;

    VirtualNode(Pod pod, Map<String, IntFunction<Script>> scripts) {
        this(pod, scripts, 1);
    }

    VirtualNode(Pod pod, Map<String, IntFunction<Script>> scripts, long seed) {
        this.scripts.putAll(scripts);
        this.machine = new PodMachine(pod, "10.0.0.1", Duration.ofMillis(370), Timings.real(), seed);
        at(now, () -> step(new PodInput.Look()));
    }

    /** Lets time pass. */
    VirtualNode pass(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Due next = agenda.peek();
            boolean look = nextLook != null && (next == null || nextLook.isBefore(next.at()));
            Instant at = look ? Objects.requireNonNull(nextLook) : next == null ? end : next.at();
            if (at.isAfter(end) || (next == null && !look)) {
                now = end;
                return this;
            }
            now = at;
            if (look) {
                nextLook = null;
                step(new PodInput.Look());
            } else {
                Objects.requireNonNull(agenda.poll()).what().run();
            }
        }
    }

    /** From here on times are counted anew and what was reported is forgotten. */
    VirtualNode act() {
        actedAt = now;
        statuses.clear();
        full.clear();
        events.clear();
        return this;
    }

    /** SIGKILL from outside to the running container, or its death for its memory. */
    void kill(String container, String reason) {
        ContainerRun run = latest(container);
        endRun(run, new Exit(137, reason, now, ""));
    }

    void delete(long graceSeconds) {
        Pod deleted = new PodBuilder(machine.pod())
                .editMetadata()
                .withDeletionTimestamp(now.plusSeconds(graceSeconds).toString())
                .withDeletionGracePeriodSeconds(graceSeconds)
                .endMetadata()
                .build();
        step(new PodInput.Changed(deleted));
        if (graceSeconds == 0) {
            step(new PodInput.Removed(deleted));
        }
    }

    void change(Pod pod) {
        step(new PodInput.Changed(pod));
    }

    Pod pod() {
        return machine.pod();
    }

    boolean runs(String container) {
        return runs.stream().anyMatch(run -> run.container().equals(container) && run.running());
    }

    List<String> sequence() {
        return statuses.stream().map(Reported::what).toList();
    }

    /** Why the pod is in its phase, in each status that was reported. */
    List<String> reasons() {
        return full.stream()
                .map(status -> status.getReason() == null ? "-" : status.getReason())
                .toList();
    }

    /** What the first container's waiting state says, in each status in which it has one. */
    List<String> waitingMessages() {
        return full.stream()
                .map(status -> status.getContainerStatuses().get(0).getState().getWaiting())
                .filter(waiting -> waiting != null && waiting.getMessage() != null)
                .map(ContainerStateWaiting::getMessage)
                .toList();
    }

    Duration when(String status) {
        return statuses.stream()
                .filter(each -> each.what().equals(status))
                .findFirst()
                .orElseThrow(() -> new AssertionError(status + " not in " + sequence()))
                .at();
    }

    private void step(PodInput input) {
        PodStatus before = machine.status();
        Step step = machine.step(input, new RuntimeView(podIp, runs), now);
        nextLook = step.nextLook();
        gone |= step.gone();
        Duration at = Duration.between(actedAt, now);
        step.notices().forEach(each -> events.add(new Reported(at, each.reason() + ": " + each.message())));
        if (machine.status() != null && !machine.status().equals(before)) {
            String what = text(machine.status());
            if (statuses.isEmpty() || !statuses.get(statuses.size() - 1).what().equals(what)) {
                statuses.add(new Reported(at, what));
                full.add(machine.status());
            }
        }
        step.operations().forEach(this::perform);
    }

    private void perform(Operation operation) {
        if (operation instanceof Operation.Ask ask) {
            PodInput.Answer answer = answers.getOrDefault(ask.kind(), PodInput.Answer.GOOD);
            at(
                    now.plusMillis(5),
                    () -> step(new PodInput.Answered(ask.container().getName(), ask.kind(), ask.runId(), answer)));
        } else if (operation instanceof Operation.Change begun) {
            change = begun;
            podIp = "10.1.0.7";
            begun.stops().forEach(stop -> terminate(stop.run(), stop.grace()));
            progress();
        } else if (operation instanceof Operation.End end) {
            ending = true;
            runs.stream().filter(ContainerRun::running).toList().forEach(run -> terminate(run, end.grace()));
            progress();
        } else if (operation instanceof Operation.Delete) {
            at(now, () -> {
                statuses.add(new Reported(Duration.between(actedAt, now), "DELETED"));
                step(new PodInput.Removed(machine.pod()));
            });
        }
    }

    private void terminate(ContainerRun run, Duration grace) {
        Integer code = Objects.requireNonNull(scriptOfRun.get(run.id())).onTerm();
        if (code != null) {
            at(now.plusMillis(20), () -> endRun(run, Exit.of(code, now)));
        } else {
            at(now.plus(grace), () -> endRun(run, new Exit(137, "Error", now, "")));
        }
    }

    private void progress() {
        boolean stopping = change != null
                && change.stops().stream()
                        .anyMatch(stop -> latest(stop.run().container()).running());
        if (change != null && !stopping) {
            Operation.Change begun = change;
            change = null;
            Instant at = now;
            for (Operation.Start start : begun.starts()) {
                at = at.plus(START_UP);
                at(at, () -> start(start));
            }
            at(at, () -> step(new PodInput.Done()));
        }
        if (ending && runs.stream().noneMatch(ContainerRun::running)) {
            ending = false;
            at(now, () -> step(new PodInput.Ended()));
        }
    }

    private void start(Operation.Start start) {
        String name = start.container().getName();
        if (refused.containsKey(name)) {
            step(new PodInput.StartFailed(name, Objects.requireNonNull(refused.get(name))));
            return;
        }
        Script script = Objects.requireNonNull(scripts.get(name)).apply(start.attempt());
        ContainerRun run = new ContainerRun(
                name,
                start.attempt(),
                "id-" + name + start.attempt(),
                start.container().getImage(),
                now,
                null);
        runs.add(0, run);
        scriptOfRun.put(run.id(), script);
        if (script.ends() != null) {
            at(now.plus(script.ends()), () -> endRun(run, Exit.of(script.code(), now)));
        }
        step(new PodInput.Started(name));
    }

    private void endRun(ContainerRun run, Exit exit) {
        int index = runs.indexOf(run);
        if (index >= 0) {
            runs.set(index, run.ended(exit));
            progress();
            step(new PodInput.Look());
        }
    }

    private ContainerRun latest(String container) {
        return runs.stream()
                .filter(run -> run.container().equals(container))
                .findFirst()
                .orElseThrow();
    }

    private void at(Instant when, Runnable what) {
        agenda.add(new Due(when, order++, what));
    }

    /** One line for the states that matter, as the expected sequences of the tests are written. */
    static String text(PodStatus status) {
        StringBuilder text = new StringBuilder(status.getPhase());
        if (status.getPodIP() != null) {
            text.append(" ip");
        }
        for (String type : List.of("Initialized", "Ready", "ContainersReady")) {
            text.append(' ').append(type.charAt(0)).append('=').append(condition(status, type));
        }
        Stream.concat(status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .forEach(each -> text.append(' ').append(container(each)));
        return text.toString();
    }

    private static String condition(PodStatus status, String type) {
        for (PodCondition each : status.getConditions()) {
            if (each.getType().equals(type)) {
                return each.getStatus() + (each.getReason() == null ? "" : "/" + each.getReason());
            }
        }
        return "-";
    }

    private static String container(ContainerStatus status) {
        return status.getName() + ":" + state(status.getState()) + " x" + status.getRestartCount() + " last="
                + state(status.getLastState()) + (status.getReady() ? " ready" : "")
                + (status.getStarted() ? " started" : "");
    }

    private static String state(@Nullable ContainerState state) {
        if (state == null) {
            return "-";
        }
        if (state.getRunning() != null) {
            return "running";
        }
        if (state.getWaiting() != null) {
            return state.getWaiting().getReason();
        }
        return state.getTerminated() == null
                ? "-"
                : state.getTerminated().getReason() + "("
                        + state.getTerminated().getExitCode() + ")";
    }
}
