package dev.kintsugi.chaos.guard;

import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.manifest.Part;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The cluster at one instant, as far as it bears on what may be broken.
 *
 * @param members all pods of the namespaces in question
 * @param namespaces each to its annotations
 * @param nodeLabels each node to its labels
 * @param withoutNetem nodes whose kernel is known to have no {@code sch_netem}
 * @param denied rights that were asked for and are missing
 * @param kinds of Chaos Mesh that the cluster serves, such as {@code PodChaos}
 * @param existing resources of Chaos Mesh that are there, each as {@code kind namespace/name}
 */
public record Surroundings(
        List<Member> members,
        List<Budget> budgets,
        Map<String, Map<String, String>> namespaces,
        Map<String, Map<String, String>> nodeLabels,
        Set<String> withoutNetem,
        Set<Permission> denied,
        Set<String> kinds,
        Set<String> existing) {

    public Surroundings {
        members = List.copyOf(members);
        budgets = List.copyOf(budgets);
        namespaces = Map.copyOf(namespaces);
        nodeLabels = Map.copyOf(nodeLabels);
        withoutNetem = Set.copyOf(withoutNetem);
        denied = Set.copyOf(denied);
        kinds = Set.copyOf(kinds);
        existing = Set.copyOf(existing);
    }

    /** Pods of a workload that are alive. */
    public List<Member> of(Workload workload) {
        return members.stream()
                .filter(member ->
                        member.workload().equals(workload) && member.pod().isAlive())
                .toList();
    }

    /** Whether a fault needs a traffic control that a node of its targets is known not to have. */
    public boolean lacksNetem(Part part, Member target) {
        return part.kind().equals("NetworkChaos")
                && !part.action().equals("partition")
                && !part.action().equals("bandwidth")
                && withoutNetem.contains(target.pod().nodeName());
    }

    /** Whether a resource of this kind and name is there. */
    public boolean has(Manifest manifest) {
        return existing.contains(manifest.toString());
    }
}
