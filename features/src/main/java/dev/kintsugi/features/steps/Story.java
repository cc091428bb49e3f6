package dev.kintsugi.features.steps;

import dev.kintsugi.features.recording.Observation;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Observation.PodSeen;
import dev.kintsugi.features.recording.Observation.RecoverySeen;
import dev.kintsugi.reports.model.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened to the pods, and what the healer published, in sentences. */
final class Story {

    private Story() {}

    /** @param zero the instant that times count from; what was seen before it is not told */
    static List<Event> tell(List<Observation> log, long zero) {
        List<Event> events = new ArrayList<>();
        Map<String, Pod> pods = new HashMap<>();
        Map<String, String> recoveries = new HashMap<>();
        for (Observation seen : log) {
            if (seen instanceof PodSeen pod) {
                Pod was = pods.put(pod.pod().uid(), pod.pod());
                if (pod.atNanos() >= zero) {
                    for (String change : changes(was, pod)) {
                        events.add(new Event(
                                (pod.atNanos() - zero) / 1e6,
                                "kubernetes",
                                "pod " + pod.pod().name() + " " + change));
                    }
                }
            } else if (seen instanceof RecoverySeen recovery
                    && recovery.atNanos() >= zero
                    && !recovery.recovery().phase().isEmpty()) {
                Observation.Recovery now = recovery.recovery();
                String said = now.phase() + (now.action() == null ? "" : ", " + now.action());
                if (!said.equals(recoveries.put(now.name(), said))) {
                    events.add(new Event(
                            (recovery.atNanos() - zero) / 1e6,
                            "healer",
                            now.cause() + " of " + now.targetName() + ": " + said));
                }
            }
        }
        return List.copyOf(events);
    }

    private static List<String> changes(@Nullable Pod was, PodSeen seen) {
        Pod pod = seen.pod();
        if (seen.gone()) {
            return List.of("is gone");
        }
        if (was == null) {
            return List.of("is created");
        }
        List<String> changes = new ArrayList<>();
        if (pod.terminating() && !was.terminating()) {
            changes.add("is terminating");
        }
        if (pod.restarts() > was.restarts()) {
            changes.add("restarted, " + pod.restarts() + " in all");
        }
        for (Observation.Container container : pod.containers()) {
            boolean ran = was.container(container.name())
                    .map(Observation.Container::running)
                    .orElse(false);
            if (ran && !container.running() && container.terminatedReason() != null) {
                changes.add("container ended: " + container.terminatedReason() + ", exit code " + container.exitCode());
            }
        }
        if (pod.ready() != was.ready()) {
            changes.add(pod.ready() ? "is Ready" : "is not Ready");
        }
        return changes;
    }
}
