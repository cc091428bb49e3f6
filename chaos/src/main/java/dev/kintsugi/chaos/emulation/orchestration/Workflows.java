package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of a Workflow: a node is created for its entry, the workflow is accomplished when that node is finished, and an
 * annotation aborts it.
 */
final class Workflows {
    static final String ACCOMPLISHED = "Accomplished";
    static final String ABORT = "workflow.chaos-mesh.org/abort";
    private static final String SCHEDULED = "Scheduled";
    private static final String ENTRY = "workflow-entry-reconciler";

    private final Item workflow;
    private final Instant now;
    private final List<Item> entries;
    private final List<Change> changes = new ArrayList<>();

    Workflows(Item workflow, World world, Instant now) {
        this.workflow = workflow;
        this.now = now;
        this.entries =
                world
                        .labelled("WorkflowNode", workflow.namespace(), Orchestration.CONTROLLED_BY, workflow.name())
                        .stream()
                        .sorted(Item.BY_AGE)
                        .toList();
    }

    Outcome next() {
        if (entries.isEmpty()) {
            createEntry();
        } else {
            abort(entries.get(0));
        }
        status();
        return new Outcome(changes, Optional.empty());
    }

    private void createEntry() {
        String entry = workflow.spec().at("entry").text("");
        Notice invalid =
                Notice.warning(ENTRY, "InvalidEntry", "failed to spawn new entry node of workflow, entry: " + entry);
        try {
            changes.add(Templates.node(
                    workflow,
                    workflow,
                    entry,
                    now,
                    name -> Notice.normal(ENTRY, "EntryCreated", "entry node created, entry node " + name),
                    error -> invalid));
        } catch (IllegalArgumentException e) {
            changes.add(new Change.Tell(workflow.ref(), invalid));
        }
    }

    private void status() {
        boolean accomplished = !entries.isEmpty() && WorkflowNodes.isFinished(entries.get(0));
        changes.add(new Change.EditStatus(workflow.ref(), status -> {
            Map<String, Object> changed = Conditions.with(status, SCHEDULED, !entries.isEmpty(), "");
            changed = new LinkedHashMap<>(Conditions.with(changed, ACCOMPLISHED, accomplished, ""));
            changed.putIfAbsent("startTime", seconds());
            if (accomplished) {
                changed.putIfAbsent("endTime", seconds());
            } else {
                changed.remove("endTime");
            }
            return changed;
        }));
        if (accomplished && !Conditions.isTrue(workflow.status(), ACCOMPLISHED)) {
            changes.add(new Change.Tell(
                    workflow.ref(), Notice.normal(ENTRY, "WorkflowAccomplished", "workflow accomplished")));
        }
    }

    private void abort(Item entry) {
        boolean aborted = isAborted(workflow);
        if (aborted && !Conditions.isTrue(entry.status(), WorkflowNodes.ABORTED)) {
            changes.add(new Change.Tell(
                    entry.ref(),
                    Notice.normal(
                            "workflow-abort-workflow-reconciler",
                            "WorkflowAborted",
                            "abort the node because workflow " + workflow.name() + " aborted")));
        }
        if (aborted || !new Tree(entry.status().value()).at("conditions").exists()) {
            changes.add(new Change.EditStatus(
                    entry.ref(),
                    status ->
                            Conditions.with(status, WorkflowNodes.ABORTED, aborted, aborted ? "WorkflowAborted" : "")));
        }
    }

    static boolean isAborted(Item workflow) {
        return "true".equals(workflow.annotations().get(ABORT));
    }

    private String seconds() {
        return now.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
