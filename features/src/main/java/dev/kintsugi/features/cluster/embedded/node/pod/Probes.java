package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The probes of one pod: which are asked when, and what is believed of each container because of the answers. */
final class Probes {

    private record Key(String container, ProbeKind kind) {}

    /**
     * What is to be done at one moment.
     *
     * @param asks probes to be sent
     * @param changed whether some verdict is not what it was
     */
    record Round(List<Operation.Ask> asks, boolean changed) {}

    private final Map<Key, ProbeState> states = new LinkedHashMap<>();

    /** The periods of a pod's probes are counted from its first sync. */
    void begin(Pod pod, Instant now) {
        for (Container container : pod.getSpec().getContainers()) {
            for (ProbeKind kind : ProbeKind.values()) {
                if (kind.of(container) != null) {
                    states.computeIfAbsent(new Key(container.getName(), kind), key -> ProbeState.begin(now));
                }
            }
        }
    }

    /** A pod that is ending is asked only whether it is ready. */
    void keepReadinessOnly() {
        states.keySet().removeIf(key -> key.kind() != ProbeKind.READINESS);
    }

    void end() {
        states.clear();
    }

    /** Without a startup probe a container has started as soon as it runs. */
    boolean started(ContainerStatus status) {
        return status.getState().getRunning() != null && holds(status, ProbeKind.STARTUP);
    }

    /** Without a readiness probe a container is ready as soon as it has started. */
    boolean ready(ContainerStatus status) {
        return started(status) && holds(status, ProbeKind.READINESS);
    }

    private boolean holds(ContainerStatus status, ProbeKind kind) {
        ProbeState state = states.get(new Key(status.getName(), kind));
        return state == null || (Objects.equals(state.runId(), status.getContainerID()) && state.is(true));
    }

    /** The liveness or startup probe that a run has failed, if it has. */
    Optional<ProbeKind> failed(ContainerRun run) {
        for (ProbeKind kind : List.of(ProbeKind.LIVENESS, ProbeKind.STARTUP)) {
            ProbeState state = states.get(new Key(run.container(), kind));
            if (state != null && run.id().equals(state.runId()) && state.is(false)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** A container that runs but is not ready is asked at each sync, so that it gets ready without waiting for the period. */
    void askReadinessNow(List<ContainerStatus> statuses, Instant now) {
        for (ContainerStatus status : statuses) {
            if (started(status) && !ready(status)) {
                states.computeIfPresent(
                        new Key(status.getName(), ProbeKind.READINESS), (key, state) -> state.hurried(now));
            }
        }
    }

    /**
     * What is due now. A probe waits while its container does not run, for {@code initialDelaySeconds} after it started, and while the
     * last answer is outstanding; the startup probe is asked until it passed, the other two from then on.
     */
    Round due(Pod pod, List<ContainerStatus> statuses, Instant now) {
        List<Operation.Ask> asks = new ArrayList<>();
        boolean changed = false;
        for (Map.Entry<Key, ProbeState> entry : states.entrySet()) {
            ProbeState state = entry.getValue();
            if (state.nextAt().isAfter(now)) {
                continue;
            }
            Key key = entry.getKey();
            Container container = container(pod, key.container());
            Probe probe = Objects.requireNonNull(key.kind().of(container));
            ProbeState next = state.ticked(probe, now);
            ContainerStatus status = status(statuses, key.container());
            String run = status == null ? null : status.getContainerID();
            if (status != null && run != null) {
                if (!run.equals(next.runId())) {
                    next = next.forRun(run, key.kind());
                }
                if (status.getState().getRunning() == null) {
                    next = next.judged(false);
                } else if (!next.held() && !next.asking() && timeHasCome(probe, status, now)) {
                    boolean startup = key.kind() == ProbeKind.STARTUP;
                    if (startup != started(status)) {
                        asks.add(new Operation.Ask(container, key.kind(), run, probe));
                        next = next.asked();
                    }
                }
            }
            changed |= !Objects.equals(state.verdict(), next.verdict());
            entry.setValue(next);
        }
        return new Round(asks, changed);
    }

    private static boolean timeHasCome(Probe probe, ContainerStatus status, Instant now) {
        Integer delay = probe.getInitialDelaySeconds();
        Instant startedAt = Instant.parse(status.getState().getRunning().getStartedAt());
        return delay == null || Duration.between(startedAt, now).toSeconds() >= delay;
    }

    /** Takes an answer in and tells whether the verdict changed by it. */
    boolean answered(Pod pod, PodInput.Answered input) {
        Key key = new Key(input.container(), input.kind());
        ProbeState state = states.get(key);
        if (state == null) {
            return false;
        }
        boolean useless = !input.runId().equals(state.runId()) || input.answer().outcome() == PodInput.Outcome.ERROR;
        Probe probe = Objects.requireNonNull(key.kind().of(container(pod, key.container())));
        ProbeState next = useless
                ? state.unanswered()
                : state.answered(probe, key.kind(), input.answer().outcome() == PodInput.Outcome.GOOD);
        states.put(key, next);
        return !Objects.equals(state.verdict(), next.verdict());
    }

    Optional<Instant> nextAt() {
        return states.values().stream()
                .filter(state -> !state.asking() && !state.held())
                .map(ProbeState::nextAt)
                .min(Comparator.naturalOrder());
    }

    private static Container container(Pod pod, String name) {
        return pod.getSpec().getContainers().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static @Nullable ContainerStatus status(List<ContainerStatus> statuses, String name) {
        return statuses.stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElse(null);
    }
}
