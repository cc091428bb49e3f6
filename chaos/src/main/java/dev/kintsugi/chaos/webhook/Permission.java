package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * Who may hurt what. The webhook collects the namespaces of every selector in the resource, wherever it stands, and asks whether
 * the user may {@code create} the resource in each of them. Its name for the resource is the lower-cased kind, so for Schedule and
 * Workflow {@code schedule} and {@code workflow}, not the plurals that the API has. A selector that names neither namespaces nor
 * pods, as inside a Schedule, needs the permission for the whole cluster.
 */
final class Permission {
    /** Kinds that the webhook does not ask about. */
    private static final Set<String> ALWAYS_ALLOWED = Set.of(
            "AWSChaos",
            "GCPChaos",
            "PodNetworkChaos",
            "PodIOChaos",
            "PodHttpChaos",
            "PhysicalMachine",
            "StatusCheck",
            "RemoteCluster",
            "WorkflowNode");

    private final Set<String> namespaces = new TreeSet<>();
    private boolean wholeCluster;

    private Permission() {}

    /** What is forbidden, if anything. */
    static Optional<String> missing(Map<String, Object> resource, String user, BiPredicate<String, String> mayCreate) {
        String kind = String.valueOf(resource.get("kind"));
        if (ALWAYS_ALLOWED.contains(kind)) {
            return Optional.empty();
        }
        Permission needed = new Permission();
        needed.collect(new Tree(resource.get("spec")));
        String name = kind.toLowerCase(Locale.ROOT);
        if (needed.wholeCluster) {
            return mayCreate.test("", name) ? Optional.empty() : Optional.of(user + " is forbidden on cluster");
        }
        return needed.namespaces.stream()
                .filter(namespace -> !mayCreate.test(namespace, name))
                .findFirst()
                .map(namespace -> user + " is forbidden on namespace " + namespace);
    }

    private void collect(Tree place) {
        Tree selector = place.at("selector");
        if (selector.value() instanceof Map<?, ?>) {
            List<String> named = selector.at("namespaces").texts();
            namespaces.addAll(named);
            namespaces.addAll(selector.at("pods").map().keySet());
            wholeCluster |= named.isEmpty() && selector.at("pods").map().isEmpty();
        }
        place.map().forEach((field, below) -> {
            if (!field.equals("selector") && !field.equals("physicalmachineChaos")) {
                collect(new Tree(below));
            }
        });
        place.elements().forEach(this::collect);
    }
}
