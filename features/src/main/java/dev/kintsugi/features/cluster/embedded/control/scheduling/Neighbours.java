package dev.kintsugi.features.cluster.embedded.control.scheduling;

import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Selectors;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which pods a rule of a pod about other pods means, and in which part of the cluster they are. */
final class Neighbours {

    private final World world;

    Neighbours(World world) {
        this.world = world;
    }

    /** The value of a node's label that names its part of the cluster; empty if the node has none. */
    static Optional<String> domain(Node node, String topologyKey) {
        return Optional.ofNullable(Selectors.labels(node).get(topologyKey));
    }

    Optional<String> domainOf(Pod pod, String topologyKey) {
        String node = pod.getSpec().getNodeName();
        return node == null || node.isEmpty()
                ? Optional.empty()
                : world.get(Node.class, "", node).flatMap(present -> domain(present, topologyKey));
    }

    /** The pods of a namespace that were given a node, have not ended and are selected; none without a selector. */
    Stream<Pod> selected(String namespace, @Nullable LabelSelector selector) {
        if (selector == null) {
            return Stream.empty();
        }
        Map<String, String> labels = selector.getMatchLabels();
        List<Pod> candidates = labels == null || labels.isEmpty()
                ? world.in(Pod.class, namespace)
                : world.pods().labelled(namespace, labels);
        return candidates.stream()
                .filter(pod -> Pods.isAssigned(pod)
                        && !Pods.hasEnded(pod)
                        && Selectors.matches(selector, Selectors.labels(pod)));
    }

    /** The pods that a term of a pod's affinity means. */
    Stream<Pod> meantBy(PodAffinityTerm term, Pod owner) {
        return namespaces(term, owner).stream().flatMap(namespace -> selected(namespace, term.getLabelSelector()));
    }

    /** Whether a term of a pod's affinity means another pod. */
    boolean means(PodAffinityTerm term, Pod owner, Pod other) {
        return term.getLabelSelector() != null
                && namespaces(term, owner).contains(other.getMetadata().getNamespace())
                && Selectors.matches(term.getLabelSelector(), Selectors.labels(other));
    }

    /** Those named and those selected; the pod's own if neither is given. An empty selector selects all. */
    private Set<String> namespaces(PodAffinityTerm term, Pod owner) {
        Set<String> namespaces = new LinkedHashSet<>(Objects.requireNonNullElse(term.getNamespaces(), List.of()));
        LabelSelector selector = term.getNamespaceSelector();
        if (selector != null) {
            world.all(Namespace.class).stream()
                    .filter(namespace -> Selectors.matches(selector, Selectors.labels(namespace)))
                    .forEach(namespace -> namespaces.add(namespace.getMetadata().getName()));
        } else if (namespaces.isEmpty()) {
            namespaces.add(owner.getMetadata().getNamespace());
        }
        return namespaces;
    }

    static List<PodAffinityTerm> required(Pod pod) {
        return affinity(pod)
                .map(Affinity::getPodAffinity)
                .map(affinity -> affinity.getRequiredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    static List<PodAffinityTerm> forbidden(Pod pod) {
        return affinity(pod)
                .map(Affinity::getPodAntiAffinity)
                .map(affinity -> affinity.getRequiredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    static Optional<Affinity> affinity(Pod pod) {
        return Optional.ofNullable(pod.getSpec().getAffinity());
    }
}
