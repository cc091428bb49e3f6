package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Makes nodes from the templates of a workflow. The deadline counts from the node's start. */
final class Templates {
    private static final List<String> FOREGROUND = List.of("foregroundDeletion");

    private Templates() {}

    /**
     * The node of a template.
     *
     * @param parent the workflow itself, or the node that it is a child of
     * @throws IllegalArgumentException when there is no such template, or its deadline is no duration
     */
    static Change node(
            Item workflow,
            Item parent,
            String name,
            Instant now,
            Function<String, Notice> created,
            Function<String, Notice> failed) {
        Tree template = workflow.spec().at("templates").elements().stream()
                .filter(candidate -> candidate.at("name").text("").equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "workflow " + workflow.name() + " do not contains template called " + name));
        Map<String, Object> spec = new LinkedHashMap<>(template.map());
        spec.remove("name");
        spec.remove("templateType");
        spec.remove("deadline");
        spec.put("templateName", name);
        spec.put("workflowName", workflow.name());
        spec.put("type", template.at("templateType").text(""));
        Instant start = now.truncatedTo(ChronoUnit.SECONDS);
        spec.put("startTime", start.toString());
        String deadline = template.at("deadline").text("");
        if (!deadline.isEmpty()) {
            spec.put("deadline", deadline(now, deadline));
        }
        return new Change.Create(
                parent,
                "WorkflowNode",
                name + "-",
                Map.of(Orchestration.CONTROLLED_BY, parent.name(), Orchestration.WORKFLOW, workflow.name()),
                FOREGROUND,
                spec,
                created,
                failed);
    }

    /** Kept in whole seconds, so it is rounded to the next one: a node is not cut short. */
    private static String deadline(Instant now, String duration) {
        Instant end = now.plus(GoDuration.parse(duration));
        Instant whole = end.truncatedTo(ChronoUnit.SECONDS);
        return (whole.isBefore(end) ? whole.plusSeconds(1) : whole).toString();
    }
}
