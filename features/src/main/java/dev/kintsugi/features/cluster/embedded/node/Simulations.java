package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.ContainerRun;
import dev.kintsugi.features.cluster.embedded.node.pod.ProbeKind;
import dev.kintsugi.features.cluster.embedded.node.pod.RuntimeView;
import dev.kintsugi.features.cluster.embedded.node.simulation.Simulation;
import dev.kintsugi.features.cluster.embedded.node.simulation.Simulation.Order;
import dev.kintsugi.features.cluster.embedded.node.simulation.Simulation.ProbeFault;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a pod's annotations say of its containers now, and since which run. */
final class Simulations {

    /** @param attempt of the run that there was when the text was first seen; 0 before any */
    private record Told(String text, Simulation what, int attempt) {}

    /**
     * What comes of a change of the annotations.
     *
     * @param order to be carried out once; empty for none
     * @param problem why the new text cannot be followed; null for none
     */
    record Change(
            String container,
            Optional<Order> order,
            @Nullable String problem) {}

    private final Map<String, Told> told = new HashMap<>();

    /** What a pod is created with orders nothing, and is checked when its containers are started. */
    Simulations(Pod pod) {
        var unused = update(pod, RuntimeView.NOTHING);
    }

    /** Takes the annotations in as they are now; answers for those that have changed. */
    List<Change> update(Pod pod, RuntimeView view) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        if (told.isEmpty() && (annotations == null || annotations.isEmpty())) {
            return List.of();
        }
        return Stream.concat(pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
                .flatMap(container -> update(annotations, container, view).stream())
                .toList();
    }

    private Optional<Change> update(@Nullable Map<String, String> annotations, Container container, RuntimeView view) {
        String name = container.getName();
        String text = annotations == null ? null : annotations.get(Simulation.ANNOTATION + name);
        Told before = told.get(name);
        if (text == null) {
            told.remove(name);
            return Optional.empty();
        }
        if (before != null && before.text.equals(text)) {
            return Optional.empty();
        }
        int attempt = view.latest(name).map(ContainerRun::attempt).orElse(0);
        try {
            Simulation now = Simulation.parse(text);
            told.put(name, new Told(text, now, attempt));
            return Optional.of(new Change(name, now.order(), null));
        } catch (IllegalArgumentException e) {
            told.put(name, new Told(text, Simulation.NONE, attempt));
            return Optional.of(new Change(name, Optional.empty(), e.getMessage()));
        }
    }

    /** Whether a probe of this run is to fail. */
    Optional<ProbeFault> fault(String container, ProbeKind kind, int attempt) {
        Told known = told.get(container);
        return known == null
                ? Optional.empty()
                : known.what.probeFaults().stream()
                        .filter(fault -> fault.probe().equals(kind.name().toLowerCase(Locale.ROOT)))
                        .filter(fault -> !fault.untilRestarted() || known.attempt == attempt)
                        .findFirst();
    }
}
