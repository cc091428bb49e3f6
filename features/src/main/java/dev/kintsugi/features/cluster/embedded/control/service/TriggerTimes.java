package dev.kintsugi.features.cluster.embedded.control.service;

import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Service;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * When the oldest change happened that a write about a Service's endpoints is due to: the creation of the Service, or a pod becoming
 * ready or not. Remembers what was seen of each Service, so that every change is told once.
 *
 * @see <a href="https://kubernetes.io/docs/reference/labels-annotations-taints/#endpoints-kubernetes-io-last-change-trigger-time">The
 *     annotation</a>
 */
final class TriggerTimes {

    static final String ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";

    private record Seen(Instant service, Map<String, Instant> pods) {}

    private static final Seen NOTHING = new Seen(Instant.EPOCH, Map.of());

    private final Map<Key, Seen> seen = new ConcurrentHashMap<>();

    /** The oldest change since the last time it was asked about this Service. */
    Optional<Instant> next(Service service, List<Pod> selected) {
        Seen before = seen.getOrDefault(Key.of(service), NOTHING);
        Instant created = Times.parse(service.getMetadata().getCreationTimestamp());
        Map<String, Instant> pods = new HashMap<>();
        selected.forEach(pod -> Pods.condition(pod, "Ready")
                .map(PodCondition::getLastTransitionTime)
                .ifPresent(time -> pods.put(pod.getMetadata().getName(), Times.parse(time))));
        seen.put(Key.of(service), new Seen(created, pods));
        Stream<Instant> ofPods = pods.entrySet().stream()
                .filter(pod -> pod.getValue().isAfter(before.pods().getOrDefault(pod.getKey(), Instant.EPOCH)))
                .map(Map.Entry::getValue);
        return Stream.concat(Stream.of(created).filter(time -> time.isAfter(before.service())), ofPods)
                .min(Comparator.naturalOrder());
    }

    void forget(Key service) {
        seen.remove(service);
    }
}
