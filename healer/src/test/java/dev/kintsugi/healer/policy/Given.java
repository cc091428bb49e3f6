package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.ContainerState;
import dev.kintsugi.healer.model.Dependency;
import dev.kintsugi.healer.model.Endpoint;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.ProbeResult;
import dev.kintsugi.healer.model.RestartHistory;
import dev.kintsugi.healer.model.Revision;
import dev.kintsugi.healer.model.Settings;
import dev.kintsugi.healer.model.Surroundings;
import dev.kintsugi.healer.model.Termination;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pods and observations for the tests of the policy, ordinary but for what a test says. */
final class Given {

    static final Instant T0 = Instant.parse("2026-01-01T12:00:00Z");
    static final ObjectRef REPLICA_SET = new ObjectRef("apps/v1", "ReplicaSet", "shop", "web-1", "rs");
    static final ObjectRef DEPLOYMENT = new ObjectRef("apps/v1", "Deployment", "shop", "web", "deploy");

    /** The default ladder for pods that are not ready, but without jitter. */
    static final String STEADY = "[{for: PodNotReady, ladder: [{do: RestartPod, jitter: 0}]}]";

    private Given() {}

    static HealerConfig config(String... keysAndValues) {
        Map<String, String> data = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            data.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return HealerConfig.of(data);
    }

    /** A good pod of the Deployment, an hour old. */
    static PodGiven pod(String name) {
        return new PodGiven(name);
    }

    static WorkloadState deployment(int desired) {
        return new WorkloadState(DEPLOYMENT, desired, false, false, null, Settings.NONE);
    }

    /** A rollout that makes no progress since {@link #T0}. */
    static WorkloadState stuck(int desired) {
        return new WorkloadState(DEPLOYMENT, desired, false, true, null, Settings.NONE, T0, T0, null, null);
    }

    /** Fewer available pods than it wants since {@link #T0}. */
    static WorkloadState tooShort(int desired, @Nullable String failure) {
        return new WorkloadState(DEPLOYMENT, desired, false, false, null, Settings.NONE, null, T0, failure, null);
    }

    static Revision revision(long number, @Nullable Instant verifiedAt) {
        return new Revision(replicaSet(number), number, null, verifiedAt);
    }

    /** The ReplicaSet of a revision; that of 1 is {@link #REPLICA_SET}. */
    static ObjectRef replicaSet(long number) {
        return number == 1
                ? REPLICA_SET
                : new ObjectRef("apps/v1", "ReplicaSet", "shop", "web-" + number, "rs-" + number);
    }

    static Observation revisions(Observation seen, Revision... revisions) {
        return seen.within(new Surroundings(null, List.of(revisions)));
    }

    static WorkloadState rollingOut(int desired) {
        return new WorkloadState(DEPLOYMENT, desired, false, true, null, Settings.NONE);
    }

    static Termination oom(Instant at) {
        return new Termination("OOMKilled", 137, at);
    }

    static Termination error(Instant at) {
        return new Termination("Error", 1, at);
    }

    /** What is seen of a pod of a Deployment that wants as many pods as there are here. */
    static Observation seen(Instant at, PodState pod, PodState... peers) {
        return seen(at, pod.ref(), pod, deployment(peers.length + 1), peers);
    }

    static Observation seen(
            Instant at, ObjectRef target, @Nullable PodState pod, @Nullable WorkloadState workload, PodState... peers) {
        Map<String, NodeState> nodes = Stream.concat(Stream.ofNullable(pod), Stream.of(peers))
                .map(PodState::nodeName)
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.toMap(
                        name -> name, name -> new NodeState(name, NodeState.Condition.READY, T0.minusSeconds(7200))));
        boolean controlled = pod == null ? workload != null : pod.controller() != null;
        return new Observation(at, target, pod, workload, controlled, List.of(peers), nodes, Set.of(), List.of(), null);
    }

    static Observation onNode(Observation seen, NodeState node) {
        return new Observation(
                seen.asOf(),
                seen.target(),
                seen.pod(),
                seen.workload(),
                seen.controlled(),
                seen.peers(),
                Map.of(node.name(), node),
                seen.budgeted(),
                seen.dependencies(),
                seen.probe());
    }

    static Observation budgeted(Observation seen) {
        return new Observation(
                seen.asOf(),
                seen.target(),
                seen.pod(),
                seen.workload(),
                seen.controlled(),
                seen.peers(),
                seen.nodes(),
                seen.pods().map(p -> p.ref().uid()).collect(Collectors.toSet()),
                seen.dependencies(),
                seen.probe());
    }

    static Observation needing(Observation seen, Dependency... dependencies) {
        return new Observation(
                seen.asOf(),
                seen.target(),
                seen.pod(),
                seen.workload(),
                seen.controlled(),
                seen.peers(),
                seen.nodes(),
                seen.budgeted(),
                List.of(dependencies),
                seen.probe());
    }

    static ProbeResult answer(PodState pod, Instant at) {
        return new ProbeResult(pod.ref().uid(), at, true, 5, 0, Duration.ofMillis(3), "");
    }

    /** Builds a pod. */
    static final class PodGiven {
        private final ObjectRef ref;
        private @Nullable ObjectRef controller = REPLICA_SET;
        private PodPhase phase = PodPhase.RUNNING;
        private boolean ready = true;
        private Instant readySince = T0.minusSeconds(3590);
        private Instant createdAt = T0.minusSeconds(3600);
        private @Nullable Instant deletionDue;
        private List<String> finalizers = List.of();
        private final List<ContainerState> containers = new ArrayList<>();
        private Duration allowance = Duration.ZERO;
        private Settings settings = Settings.NONE;
        private RestartHistory history = RestartHistory.NONE;
        private final List<ContainerState> initContainers = new ArrayList<>();
        private @Nullable String reason;
        private PodState.@Nullable Unscheduled unscheduled;
        private Map<String, String> labels = Map.of("app", "web");
        private String node = "node1";
        private boolean mirror;
        private boolean emptyDir;

        private PodGiven(String name) {
            ref = ObjectRef.pod("shop", name, name + "-uid");
        }

        PodGiven controlledBy(@Nullable ObjectRef owner) {
            controller = owner;
            return this;
        }

        PodGiven phase(PodPhase now) {
            phase = now;
            ready = false;
            return this;
        }

        PodGiven notReadySince(Instant since) {
            ready = false;
            readySince = since;
            return this;
        }

        PodGiven created(Instant at) {
            createdAt = at;
            readySince = readySince.isBefore(at) ? at : readySince;
            return this;
        }

        PodGiven deletionDue(Instant at) {
            deletionDue = at;
            return this;
        }

        PodGiven finalizer(String name) {
            finalizers = List.of(name);
            return this;
        }

        PodGiven startupAllowance(Duration time) {
            allowance = time;
            return this;
        }

        PodGiven settings(Settings own) {
            settings = own;
            return this;
        }

        PodGiven running(int restarts, Instant since, @Nullable Termination last) {
            containers.add(new ContainerState("app", ready, restarts, null, since, null, last));
            return this;
        }

        PodGiven terminated(int restarts, Termination end) {
            containers.add(new ContainerState("app", false, restarts, null, null, end, null));
            return this;
        }

        PodGiven waiting(int restarts, String reason, Termination last) {
            containers.add(new ContainerState("app", false, restarts, reason, null, null, last));
            return this;
        }

        PodGiven waitingFor(String why) {
            containers.add(new ContainerState("app", false, 0, why, null, null, null));
            return this;
        }

        PodGiven initWaiting(int restarts, String why, @Nullable Termination last) {
            initContainers.add(new ContainerState("setup", false, restarts, why, null, null, last));
            return this;
        }

        PodGiven mirror() {
            mirror = true;
            return this;
        }

        PodGiven emptyDir() {
            emptyDir = true;
            return this;
        }

        PodGiven because(String why) {
            reason = why;
            return this;
        }

        PodGiven unscheduled(Instant since, String message) {
            phase(PodPhase.PENDING);
            unscheduled = new PodState.Unscheduled(since, message);
            return this;
        }

        PodGiven revision(String hash) {
            labels = Map.of("app", "web", Revision.HASH_LABEL, hash);
            return this;
        }

        PodGiven on(String name) {
            node = name;
            return this;
        }

        PodGiven restartedAt(Instant... times) {
            history = new RestartHistory(Map.of("app", times.length), List.of(times));
            return this;
        }

        PodState build() {
            if (containers.isEmpty() && phase == PodPhase.RUNNING) {
                running(0, createdAt, null);
            }
            return new PodState(
                    ref,
                    controller,
                    labels,
                    unscheduled == null ? node : null,
                    phase,
                    ready,
                    readySince,
                    createdAt,
                    deletionDue,
                    finalizers,
                    containers,
                    allowance,
                    new Endpoint("192.0.2.7", 8080, "http", "/ready"),
                    settings,
                    history,
                    initContainers,
                    reason,
                    unscheduled,
                    mirror,
                    emptyDir);
        }
    }
}
