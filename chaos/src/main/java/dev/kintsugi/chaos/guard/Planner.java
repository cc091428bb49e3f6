package dev.kintsugi.chaos.guard;

import dev.kintsugi.chaos.emulation.ClusterView;
import dev.kintsugi.chaos.emulation.PodSelection;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.Mode;
import dev.kintsugi.chaos.model.Victims;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Chooses the victims of a manifest from a seed, and writes them into it. */
public final class Planner {

    private Planner() {}

    /**
     * Plans a manifest.
     *
     * <p>Of an experiment the victims are drawn here, of the pods that are alive, in the order of {@link Member#LINEUP}. A Schedule or
     * Workflow outlives its first victims: there Chaos Mesh chooses at each run, and the plan has the most that it can hit.
     */
    public static Plan plan(Manifest manifest, Surroundings surroundings, long seed) {
        List<Aim> aims = new ArrayList<>();
        for (Part part : manifest.parts()) {
            if (!part.hitsPods()) {
                continue;
            }
            boolean pinned = part.setting() == Part.Setting.EXPERIMENT;
            aims.add(aim(part, "", manifest, surroundings, seed, pinned));
            if (part.kind().equals("NetworkChaos") && part.spec().at("target").exists()) {
                aims.add(aim(part, "target", manifest, surroundings, seed + 1, pinned));
            }
        }
        return new Plan(manifest, seed, aims);
    }

    private static Aim aim(
            Part part, String field, Manifest manifest, Surroundings surroundings, long seed, boolean pinned) {
        Tree podSelector = field.isEmpty() ? part.spec() : part.spec().at(field);
        List<Member> matching = matching(podSelector.at("selector"), manifest.namespace(), surroundings);
        List<Member> victims;
        try {
            Mode mode = Mode.parse(
                    podSelector.at("mode").text(""), podSelector.at("value").text(""));
            Mode counting =
                    pinned || mode.kind() != Mode.Kind.RANDOM_MAX_PERCENT ? mode : Mode.fixedPercent(mode.value());
            victims = Victims.draw(seed, counting, matching);
        } catch (InvalidExperiment e) {
            victims = List.of();
        }
        return new Aim(part, field, matching, victims, pinned);
    }

    /** Living pods that a selector matches: one that is going or has finished cannot show an effect. */
    private static List<Member> matching(Tree selector, String ownNamespace, Surroundings surroundings) {
        Map<String, Object> defaulted = new LinkedHashMap<>(selector.map());
        if (selector.at("namespaces").elements().isEmpty()) {
            defaulted.put("namespaces", List.of(ownNamespace));
        }
        ClusterView view =
                new ClusterView(surroundings.members().stream().map(Member::pod).toList(), surroundings.nodeLabels());
        Set<String> ids = new LinkedHashSet<>();
        PodSelection.matching(new Tree(defaulted), view).forEach(pod -> ids.add(pod.id()));
        return surroundings.members().stream()
                .filter(member ->
                        member.pod().isAlive() && ids.contains(member.pod().id()))
                .sorted(Member.LINEUP)
                .toList();
    }

    /** The namespaces that a fault's selectors look at. */
    static Set<String> namespaces(Tree spec, String ownNamespace) {
        Set<String> namespaces = new LinkedHashSet<>();
        for (Tree selector : List.of(spec.at("selector"), spec.at("target", "selector"))) {
            if (!selector.at("pods").map().isEmpty()) {
                namespaces.addAll(selector.at("pods").map().keySet());
            } else if (!selector.at("namespaces").texts().isEmpty()) {
                namespaces.addAll(selector.at("namespaces").texts());
            } else if (selector.exists()) {
                namespaces.add(ownNamespace);
            }
        }
        return namespaces;
    }

    /** All namespaces that a manifest looks at, its own included. */
    public static Set<String> namespaces(Manifest manifest) {
        Set<String> namespaces = new LinkedHashSet<>(List.of(manifest.namespace()));
        manifest.parts().forEach(part -> namespaces.addAll(namespaces(part.spec(), manifest.namespace())));
        return namespaces;
    }

    /** The resource with the victims of the plan written out as {@code pods}; unchanged where Chaos Mesh chooses. */
    public static Map<String, Object> pin(Plan plan) {
        Map<String, Object> resource = new LinkedHashMap<>(plan.manifest().resource());
        Map<String, Object> spec =
                new LinkedHashMap<>(plan.manifest().tree().at("spec").map());
        for (Aim aim : plan.aims()) {
            if (!aim.pinned()) {
                continue;
            }
            if (aim.field().isEmpty()) {
                name(spec, aim.victims());
            } else {
                Map<String, Object> target =
                        new LinkedHashMap<>(aim.podSelector().map());
                name(target, aim.victims());
                spec.put(aim.field(), target);
            }
        }
        resource.put("spec", spec);
        return resource;
    }

    private static void name(Map<String, Object> podSelector, List<Member> victims) {
        Map<String, List<String>> pods = new TreeMap<>();
        victims.forEach(victim -> pods.computeIfAbsent(victim.pod().namespace(), any -> new ArrayList<>())
                .add(victim.pod().name()));
        podSelector.put("selector", Map.of("pods", pods));
        podSelector.put("mode", Mode.Kind.ALL.text());
        podSelector.remove("value");
    }
}
