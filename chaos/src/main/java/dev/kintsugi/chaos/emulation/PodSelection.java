package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.Mode;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.chaos.model.Victims;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds the targets of an experiment, by the rules of Chaos Mesh's selectors. Targets are chosen once. */
final class PodSelection {
    private static final Comparator<PodInfo> BY_NAME =
            Comparator.comparing(PodInfo::namespace).thenComparing(PodInfo::name);

    private PodSelection() {}

    /** Why there is no target. */
    static final class NoTargets extends Exception {
        private static final long serialVersionUID = 1L;

        NoTargets(String message) {
            super(message);
        }
    }

    /**
     * Record ids by selector key, {@code .} first. A selector that finds nothing spoils the whole experiment.
     *
     * @throws NoTargets with the message of the Event
     */
    static Map<String, List<String>> select(Chaos chaos, ClusterView cluster, long seed) throws NoTargets {
        Map<String, List<String>> ids = new TreeMap<>();
        List<PodInfo> targets = pods(chaos.spec(), cluster, seed);
        ids.put(".", requireSome(chaos.hitsContainers() ? containers(chaos, targets) : pods(targets)));
        Tree peer = chaos.spec().at("target");
        if (chaos.kind() == Kind.NETWORK_CHAOS && peer.exists()) {
            ids.put(".Target", requireSome(pods(pods(peer, cluster, seed + 1))));
        }
        return ids;
    }

    private static List<PodInfo> pods(Tree podSelector, ClusterView cluster, long seed) throws NoTargets {
        List<PodInfo> matching = matching(podSelector.at("selector"), cluster);
        if (matching.isEmpty()) {
            throw new NoTargets("no pod is selected");
        }
        Mode mode = Mode.parse(
                podSelector.at("mode").text(""), podSelector.at("value").text(""));
        return Victims.choose(seed, mode, matching);
    }

    private static List<String> pods(List<PodInfo> pods) {
        return pods.stream().map(PodInfo::id).toList();
    }

    /** The named containers of each pod; without names, its first one. */
    private static List<String> containers(Chaos chaos, List<PodInfo> pods) {
        List<String> names = chaos.spec().at("containerNames").texts();
        return pods.stream()
                .flatMap(pod -> (names.isEmpty()
                                ? pod.containers().stream().limit(1)
                                : pod.containers().stream().filter(container -> names.contains(container.name())))
                        .map(container -> pod.id() + "/" + container.name()))
                .toList();
    }

    private static List<String> requireSome(List<String> ids) throws NoTargets {
        if (ids.isEmpty()) {
            throw new NoTargets("no target has been selected");
        }
        return ids;
    }

    /** Named pods count alone; otherwise all of the selector's parts must agree. */
    static List<PodInfo> matching(Tree selector, ClusterView cluster) {
        Map<String, Object> named = selector.at("pods").map();
        if (!named.isEmpty()) {
            return cluster.open().stream()
                    .filter(pod -> new Tree(named.get(pod.namespace())).texts().contains(pod.name()))
                    .sorted(BY_NAME)
                    .toList();
        }
        return cluster.open().stream()
                .filter(pod -> isIn(selector.at("namespaces").texts(), pod.namespace())
                        && hasAll(pod.labels(), selector.at("labelSelectors").textMap())
                        && selector.at("expressionSelectors").elements().stream()
                                .allMatch(expression -> agrees(pod.labels(), expression))
                        && hasAll(
                                pod.annotations(),
                                selector.at("annotationSelectors").textMap())
                        && hasAll(fields(pod), selector.at("fieldSelectors").textMap())
                        && isIn(selector.at("podPhaseSelectors").texts(), pod.phase())
                        && isOnNode(pod, selector, cluster))
                .sorted(BY_NAME)
                .toList();
    }

    private static boolean isIn(List<String> allowed, String value) {
        return allowed.isEmpty() || allowed.contains(value);
    }

    private static boolean hasAll(Map<String, String> actual, Map<String, String> wanted) {
        return actual.entrySet().containsAll(wanted.entrySet());
    }

    /** The operators of Kubernetes' label selectors: a missing label agrees with the negative ones. */
    private static boolean agrees(Map<String, String> labels, Tree expression) {
        String key = expression.at("key").text("");
        List<String> values = expression.at("values").texts();
        boolean present = labels.containsKey(key);
        return switch (expression.at("operator").text("")) {
            case "In" -> present && values.contains(labels.get(key));
            case "NotIn" -> !present || !values.contains(labels.get(key));
            case "Exists" -> present;
            case "DoesNotExist" -> !present;
            default -> false;
        };
    }

    private static Map<String, String> fields(PodInfo pod) {
        return Map.of(
                "metadata.name", pod.name(),
                "metadata.namespace", pod.namespace(),
                "spec.nodeName", pod.nodeName(),
                "status.phase", pod.phase(),
                "status.podIP", pod.ip());
    }

    /** Named nodes and node labels are united. */
    private static boolean isOnNode(PodInfo pod, Tree selector, ClusterView cluster) {
        List<String> nodes = selector.at("nodes").texts();
        Map<String, String> labels = selector.at("nodeSelectors").textMap();
        if (nodes.isEmpty() && labels.isEmpty()) {
            return true;
        }
        return nodes.contains(pod.nodeName())
                || (!labels.isEmpty() && hasAll(cluster.nodeLabels().getOrDefault(pod.nodeName(), Map.of()), labels));
    }
}
