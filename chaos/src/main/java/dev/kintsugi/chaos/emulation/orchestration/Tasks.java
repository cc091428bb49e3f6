package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What becomes of a Task node: a pod that is run once; when it has ended, the conditions of the branches are evaluated over its
 * exit code and output, and the branches that hold become children. A condition that cannot be evaluated stays Unknown, and the
 * node is then never accomplished.
 */
final class Tasks {
    private final Item node;
    private final World world;
    private final WorkflowNodes nodes;

    Tasks(Item node, World world, WorkflowNodes nodes) {
        this.node = node;
        this.world = world;
        this.nodes = nodes;
    }

    void next() {
        List<Item> pods = world.labelled("Pod", node.namespace(), Orchestration.CONTROLLED_BY, node.name()).stream()
                .sorted(Item.BY_AGE)
                .toList();
        List<Tree> branches = node.spec().at("conditionalBranches").elements();
        if (isEvaluated(branches)) {
            nodes.parent(node.status().at("conditionalBranchesStatus", "branches").elements().stream()
                    .filter(branch -> branch.at("evaluationResult").text("").equals("True"))
                    .map(branch -> branch.at("target").text(""))
                    .toList());
        } else if (pods.isEmpty()) {
            if (!WorkflowNodes.isFinished(node)) {
                nodes.change(pod());
            }
        } else if (hasEnded(pods.get(0))) {
            evaluate(pods.get(0), branches);
        } else {
            note(branches.stream().map(branch -> result(branch, "Unknown")).toList(), List.of());
        }
    }

    /** The results are there, one for each branch. Without branches they are there once the pod has ended. */
    private boolean isEvaluated(List<Tree> branches) {
        Tree known = node.status().at("conditionalBranchesStatus");
        List<Tree> results = known.at("branches").elements();
        return known.at("context").exists()
                && results.size() == branches.size()
                && results.stream()
                        .noneMatch(
                                branch -> branch.at("evaluationResult").text("").equals("Unknown"));
    }

    private static boolean hasEnded(Item pod) {
        String phase = pod.status().at("phase").text("");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    private void evaluate(Item pod, List<Tree> branches) {
        String container = node.spec().at("task", "container", "name").text("");
        Map<String, Object> environment = new LinkedHashMap<>();
        pod.status().at("containerStatuses").elements().stream()
                .filter(status -> status.at("name").text("").equals(container))
                .map(status -> status.at("state", "terminated", "exitCode"))
                .filter(Tree::exists)
                .findFirst()
                .ifPresent(code -> environment.put("exitCode", code.number(0)));
        environment.put("stdout", world.log(pod.ref(), container).strip());
        List<Map<String, Object>> results = new ArrayList<>();
        for (Tree branch : branches) {
            results.add(result(branch, evaluate(branch.at("expression").text(""), environment)));
        }
        if (!node.status().at("conditionalBranchesStatus", "context").exists()) {
            nodes.tell(Notice.normal(
                    nodes.component(), "TaskPodPodCompleted", "pod " + pod.name() + " for task node completed"));
            nodes.tell(Notice.normal(
                    nodes.component(),
                    "ConditionalBranchesSelected",
                    "selected branches: ["
                            + String.join(
                                    " ",
                                    results.stream()
                                            .filter(result -> "True".equals(result.get("evaluationResult")))
                                            .map(result -> String.valueOf(result.get("target")))
                                            .toList())
                            + "]"));
        }
        note(results, List.of(Json.text(environment)));
    }

    private static String evaluate(String expression, Map<String, Object> environment) {
        try {
            return BranchExpression.holds(expression, environment) ? "True" : "False";
        } catch (IllegalArgumentException e) {
            return "Unknown";
        }
    }

    private void note(List<Map<String, Object>> results, List<String> context) {
        nodes.edit(status -> {
            Map<String, Object> changed = new LinkedHashMap<>(status);
            Map<String, Object> branches = new LinkedHashMap<>();
            if (!results.isEmpty()) {
                branches.put("branches", results);
            }
            if (!context.isEmpty()) {
                branches.put("context", context);
            }
            changed.put("conditionalBranchesStatus", branches);
            return changed;
        });
    }

    private static Map<String, Object> result(Tree branch, String result) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("target", branch.at("target").text(""));
        map.put("evaluationResult", result);
        return map;
    }

    private Change pod() {
        Tree task = node.spec().at("task");
        Map<String, Object> spec = new LinkedHashMap<>(task.map());
        Object container = spec.remove("container");
        spec.remove("labels");
        spec.put("restartPolicy", "Never");
        spec.put("containers", container == null ? List.of() : List.of(container));
        Map<String, String> labels = new LinkedHashMap<>(task.at("labels").textMap());
        labels.putAll(nodes.labels());
        return new Change.Create(
                node,
                "Pod",
                node.name() + "-",
                labels,
                List.of(),
                spec,
                name -> Notice.normal(nodes.component(), "TaskPodSpawned", "pod " + name + " spawned for task"),
                error -> Notice.warning(
                        nodes.component(), "TaskPodSpawnFailed", "failed to create pod for task: " + error));
    }
}
