package dev.kintsugi.features.cluster.embedded.control.workload;

import dev.kintsugi.features.cluster.embedded.control.model.NodeSelection;
import dev.kintsugi.features.cluster.embedded.control.model.PodTemplates;
import dev.kintsugi.features.cluster.embedded.control.model.Tolerations;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The pods of a DaemonSet: which nodes they are for, and what they tolerate.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled">Daemon pods</a>
 */
final class DaemonPods {

    static final String HASH = "controller-revision-hash";

    private static final String GENERATION = "pod-template-generation";
    private static final String GENERATION_ANNOTATION = "deprecated.daemonset.template.generation";
    private static final String NAME_FIELD = "metadata.name";
    private static final String NO_EXECUTE = "NoExecute";
    private static final String NO_SCHEDULE = "NoSchedule";

    /**
     * Whether a node is for a DaemonSet.
     *
     * @param run whether it is to have a pod
     * @param stay whether a pod that is there may stay
     */
    record Fit(boolean run, boolean stay) {}

    private DaemonPods() {}

    /**
     * A pod runs on every node that its template selects and whose taints it tolerates; one that is there stays as long as only taints
     * came that do not drive out.
     */
    static Fit fit(DaemonSet set, Node node) {
        Pod pod = newPod(set, node.getMetadata().getName(), "");
        String fixed = set.getSpec().getTemplate().getSpec().getNodeName();
        boolean named = fixed == null
                || fixed.isEmpty()
                || fixed.equals(node.getMetadata().getName());
        if (!named || !selects(set, node)) {
            return new Fit(false, false);
        }
        List<Taint> taints = Optional.ofNullable(node.getSpec().getTaints()).orElse(List.of());
        boolean stays = tolerates(pod, taints, List.of(NO_EXECUTE));
        return new Fit(stays && tolerates(pod, taints, List.of(NO_SCHEDULE)), stays);
    }

    private static boolean selects(DaemonSet set, Node node) {
        Pod asked = PodTemplates.newPod(set, set.getSpec().getTemplate()).build();
        return NodeSelection.selects(asked, node);
    }

    private static boolean tolerates(Pod pod, List<Taint> taints, List<String> effects) {
        return taints.stream()
                .filter(taint -> effects.contains(taint.getEffect()))
                .allMatch(taint -> Tolerations.tolerates(pod, taint));
    }

    /** The node that a pod is on, or is for; empty if it does not say. */
    static String node(Pod pod) {
        String assigned = pod.getSpec().getNodeName();
        if (assigned != null && !assigned.isEmpty()) {
            return assigned;
        }
        return Optional.ofNullable(pod.getSpec().getAffinity())
                .map(Affinity::getNodeAffinity)
                .map(affinity -> affinity.getRequiredDuringSchedulingIgnoredDuringExecution())
                .stream()
                .flatMap(required -> required.getNodeSelectorTerms().stream())
                .flatMap(term -> term.getMatchFields().stream())
                .filter(field ->
                        field.getKey().equals(NAME_FIELD) && field.getValues().size() == 1)
                .map(field -> field.getValues().get(0))
                .findFirst()
                .orElse("");
    }

    /** A pod for one node; the scheduler has to put it there. */
    static Pod newPod(DaemonSet set, String node, String hash) {
        Affinity affinity = set.getSpec().getTemplate().getSpec().getAffinity();
        NodeSelectorTerm term = new NodeSelectorTermBuilder()
                .withMatchFields(new NodeSelectorRequirement(NAME_FIELD, "In", List.of(node)))
                .build();
        return PodTemplates.newPod(set, set.getSpec().getTemplate())
                .editMetadata()
                .addToLabels(HASH, hash)
                .addToLabels(GENERATION, generation(set))
                .endMetadata()
                .editSpec()
                .withTolerations(tolerations(set))
                .withAffinity(new AffinityBuilder(affinity == null ? new Affinity() : affinity)
                        .editOrNewNodeAffinity()
                        .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                        .withNodeSelectorTerms(term)
                        .endRequiredDuringSchedulingIgnoredDuringExecution()
                        .endNodeAffinity()
                        .build())
                .endSpec()
                .build();
    }

    private static String generation(DaemonSet set) {
        Map<String, String> annotations = set.getMetadata().getAnnotations();
        return annotations == null ? "1" : annotations.getOrDefault(GENERATION_ANNOTATION, "1");
    }

    /** Daemons stay on nodes that are not ready, unreachable, cordoned or under pressure. */
    private static List<Toleration> tolerations(DaemonSet set) {
        List<Toleration> tolerations = new ArrayList<>(
                Objects.requireNonNullElse(set.getSpec().getTemplate().getSpec().getTolerations(), List.of()));
        add(tolerations, "not-ready", NO_EXECUTE);
        add(tolerations, "unreachable", NO_EXECUTE);
        add(tolerations, "disk-pressure", NO_SCHEDULE);
        add(tolerations, "memory-pressure", NO_SCHEDULE);
        add(tolerations, "pid-pressure", NO_SCHEDULE);
        add(tolerations, "unschedulable", NO_SCHEDULE);
        if (Boolean.TRUE.equals(set.getSpec().getTemplate().getSpec().getHostNetwork())) {
            add(tolerations, "network-unavailable", NO_SCHEDULE);
        }
        return tolerations;
    }

    /** In the place of one for the same taint and effect. */
    private static void add(List<Toleration> tolerations, String what, String effect) {
        Toleration toleration = new TolerationBuilder()
                .withKey("node.kubernetes.io/" + what)
                .withOperator("Exists")
                .withEffect(effect)
                .build();
        tolerations.removeIf(other -> toleration.getKey().equals(other.getKey())
                && effect.equals(other.getEffect())
                && toleration.getOperator().equals(other.getOperator()));
        tolerations.add(toleration);
    }
}
