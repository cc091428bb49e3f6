package dev.kintsugi.healer;

import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.policy.Diagnoser;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The latest incident of each target, open or closed. Not thread-safe: belongs to the loop's thread. */
final class Ledger {

    private final Map<String, Incident> byTarget = new HashMap<>();

    @Nullable Incident of(String targetUid) {
        return byTarget.get(targetUid);
    }

    void put(String targetUid, @Nullable Incident incident) {
        if (incident == null) {
            byTarget.remove(targetUid);
        } else {
            byTarget.put(targetUid, incident);
        }
    }

    /** Takes over what a journal holds: of each target the latest. */
    void restore(Collection<Incident> incidents) {
        incidents.stream()
                .sorted(Comparator.comparingInt(Incident::ordinal))
                .forEach(i -> put(i.target().uid(), i.resumed()));
    }

    Collection<Incident> all() {
        return byTarget.values();
    }

    List<Incident> open() {
        return byTarget.values().stream().filter(i -> !i.closed()).toList();
    }

    /** The open incidents of an owner's pods. */
    List<Incident> openOf(String ownerUid) {
        return open().stream().filter(i -> ownedBy(i, ownerUid)).toList();
    }

    /** The oldest open incident in whose course a pod came into being: what is wrong with the pod is its matter. */
    Optional<Incident> covering(PodState pod, String ownerUid) {
        return openOf(ownerUid).stream()
                .filter(i -> Diagnoser.replaces(pod, i))
                .min(Comparator.comparing(Incident::detectedAt).thenComparing(Incident::id));
    }

    /** Forgets closed incidents that are older than {@code before} and whose target is gone. */
    void prune(Instant before, Predicate<String> exists) {
        byTarget.entrySet()
                .removeIf(e -> e.getValue().closedAt() != null
                        && e.getValue().closedAt().isBefore(before)
                        && !exists.test(e.getKey()));
    }

    /** What was given up without a single attempt may be taken up again, as under another configuration. */
    void reconsider(Instant now) {
        byTarget.replaceAll(
                (uid, i) -> i.phase() == Phase.GAVE_UP && i.attempts().isEmpty()
                        ? i.verified(i.verification(), now, i.detail())
                        : i);
    }

    private static boolean ownedBy(Incident incident, String ownerUid) {
        return incident.workload() != null && incident.workload().uid().equals(ownerUid);
    }
}
