package dev.kintsugi.features.steps;

import dev.kintsugi.chaos.drive.ClusterReader;
import dev.kintsugi.chaos.guard.AbortConditions;
import dev.kintsugi.chaos.guard.Health;
import dev.kintsugi.chaos.guard.Workload;
import dev.kintsugi.features.recording.Observation;
import dev.kintsugi.features.recording.Recorder;
import dev.kintsugi.features.run.Session;
import dev.kintsugi.features.strike.HarmWatch;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Watches over a scenario whose fault is in force: a node lost, a workload hurt that is no target, the users' objective broken. On
 * clusters of others only the run's own namespaces count, since what others do there is their business.
 */
final class Guard implements AutoCloseable {

    private final ClusterReader cluster;
    private final Set<String> namespaces;
    private final Health before;
    private final Map<String, Workload> workloads;
    private @Nullable HarmWatch watch;

    private Guard(Session session, String namespace) {
        this.cluster = new ClusterReader(session.client());
        this.namespaces = session.client().namespaces().list().getItems().stream()
                .map(each -> each.getMetadata().getName())
                .filter(session::isOfInterest)
                .collect(Collectors.toSet());
        this.before = cluster.healthOf(namespaces);
        this.workloads = cluster.workloads(namespace);
    }

    /** Looks at the cluster as it is before anything is broken. */
    static Guard before(Session session, String namespace) {
        return new Guard(session, namespace);
    }

    /**
     * Begins to watch.
     *
     * @param targets UIDs of the pods that are meant to suffer, and with them the workloads that they belong to
     * @param harmed is told at most once, on another thread
     */
    void watch(
            Collection<String> targets,
            AbortConditions.@Nullable Objective objective,
            Recorder recorder,
            Consumer<HarmWatch.Harm> harmed) {
        Set<Workload> meant =
                targets.stream().map(workloads::get).filter(Objects::nonNull).collect(Collectors.toSet());
        AbortConditions conditions = new AbortConditions(before, meant, objective);
        Answers answers = new Answers(recorder);
        watch = HarmWatch.start(
                conditions,
                () -> cluster.healthOf(namespaces),
                now -> answers.each(
                        request -> conditions.answered(request.request().good(), request.atNanos())),
                harmed);
    }

    @Override
    public void close() {
        Optional.ofNullable(watch).ifPresent(HarmWatch::close);
    }

    /** The users' requests that have ended since the last time. */
    private static final class Answers {
        private final Recorder recorder;
        private int seen;

        Answers(Recorder recorder) {
            this.recorder = recorder;
            this.seen = recorder.observations().size();
        }

        void each(Consumer<Observation.RequestSeen> sink) {
            List<Observation> all = recorder.observations();
            all.subList(seen, all.size()).forEach(observation -> {
                if (observation instanceof Observation.RequestSeen request
                        && request.stream().equals(Observation.USERS)) {
                    sink.accept(request);
                }
            });
            seen = all.size();
        }
    }
}
