package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Kind;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What becomes of one node of a Workflow. Whatever its type, its deadline ends it and its children, and so does an abort. Serial
 * nodes start their children one after another, parallel ones all at once; both are accomplished when all are finished. A chaos,
 * Schedule or StatusCheck node creates its object and deletes it when the node is finished; only a StatusCheck finishes by
 * itself. A Suspend node waits for its deadline.
 */
final class WorkflowNodes {
    static final String ABORTED = "Aborted";
    static final String ACCOMPLISHED = "Accomplished";
    private static final String DEADLINE_EXCEED = "DeadlineExceed";
    private static final String CHAOS_INJECTED = "ChaosInjected";
    private static final int MAX_NODES = 200;

    private final Item node;
    private final World world;
    private final Instant now;
    private final String type;
    private final List<Change> changes = new ArrayList<>();
    private final List<UnaryOperator<Map<String, Object>>> edits = new ArrayList<>();
    private Optional<Instant> nextLook = Optional.empty();

    WorkflowNodes(Item node, World world, Instant now) {
        this.node = node;
        this.world = world;
        this.now = now;
        this.type = node.spec().at("type").text("");
    }

    /** Accomplished, past its deadline (or its parent's), or aborted. */
    static boolean isFinished(Item node) {
        return Conditions.isTrue(node.status(), ACCOMPLISHED)
                || Conditions.isTrue(node.status(), DEADLINE_EXCEED)
                || Conditions.isTrue(node.status(), ABORTED);
    }

    Outcome next() {
        deadline();
        switch (type) {
            case "Serial", "Parallel" -> parent(node.spec().at("children").texts());
            case "Task" -> new Tasks(node, world, this).next();
            case "Suspend" -> {}
            case "StatusCheck" -> statusCheck();
            default -> chaos();
        }
        abort();
        if (!edits.isEmpty()) {
            changes.add(new Change.EditStatus(node.ref(), status -> {
                Map<String, Object> changed = status;
                for (UnaryOperator<Map<String, Object>> edit : edits) {
                    changed = edit.apply(changed);
                }
                return changed;
            }));
        }
        return new Outcome(changes, nextLook);
    }

    /** Reached or not, it is noted; a node that was accomplished before leaves it out. */
    private void deadline() {
        Optional<Instant> deadline = time(node.spec().at("deadline"));
        if (deadline.isEmpty()) {
            return;
        }
        if (now.isBefore(deadline.get())) {
            if (!Conditions.isTrue(node.status(), DEADLINE_EXCEED)) {
                condition(DEADLINE_EXCEED, false, "NodeDeadlineNotExceed");
            }
            nextLook = deadline;
            return;
        }
        if (!Conditions.isTrue(node.status(), DEADLINE_EXCEED)) {
            boolean omitted = Conditions.isTrue(node.status(), ACCOMPLISHED);
            if (!omitted) {
                tell(Notice.normal("workflow-deadline-reconciler", "NodeDeadlineExceed", "deadline exceed"));
            }
            condition(DEADLINE_EXCEED, true, omitted ? "NodeDeadlineOmitted" : "NodeDeadlineExceed");
        }
    }

    /** A deadline that is over and an abort reach the children that are still at work. */
    private void abort() {
        boolean exceeded = Conditions.isTrue(node.status(), DEADLINE_EXCEED);
        if (!exceeded && !Conditions.isTrue(node.status(), ABORTED)) {
            return;
        }
        for (Item child : children()) {
            if (isFinished(child)) {
                continue;
            }
            String reason = exceeded ? "ParentNodeDeadlineExceed" : "ParentNodeAborted";
            changes.add(new Change.Tell(
                    child.ref(),
                    Notice.normal(
                            exceeded ? "workflow-deadline-reconciler" : "workflow-abort-node-reconciler",
                            reason,
                            exceeded
                                    ? "deadline exceed bscause parent node " + node.name() + " deadline exceed"
                                    : "abort the node because parent node " + node.name() + " aborted")));
            changes.add(new Change.EditStatus(
                    child.ref(),
                    status -> Conditions.with(status, exceeded ? DEADLINE_EXCEED : ABORTED, true, reason)));
        }
    }

    /** Nodes that start and await children. Such a node without children is accomplished at once. */
    void parent(List<String> wanted) {
        List<Item> children = children();
        List<Item> finished =
                children.stream().filter(WorkflowNodes::isFinished).toList();
        if (!isFinished(node)) {
            if (!type.equals("Serial")) {
                startAll(wanted, children);
            } else if (finished.size() == children.size() && finished.size() < wanted.size()) {
                start(List.of(wanted.get(finished.size())));
            }
        }
        boolean accomplished = finished.size() == wanted.size();
        edit(status -> {
            Map<String, Object> changed = new LinkedHashMap<>(status);
            names(changed, "finishedChildren", finished);
            names(
                    changed,
                    "activeChildren",
                    children.stream().filter(child -> !isFinished(child)).toList());
            return changed;
        });
        accomplished(accomplished, "");
    }

    /** All at once. When they are not those that are wanted any more, they are replaced. */
    private void startAll(List<String> wanted, List<Item> children) {
        List<String> there = children.stream()
                .map(child -> child.spec().at("templateName").text(""))
                .toList();
        if (there.containsAll(wanted) && wanted.containsAll(there)) {
            return;
        }
        if (!children.isEmpty()) {
            tell(Notice.normal(
                    component(),
                    "RerunBySpecChanged",
                    "rerun by spec changed, remove children nodes: ["
                            + String.join(" ", children.stream().map(Item::name).toList()) + "]"));
            children.forEach(child -> changes.add(delete(child, "WorkflowNodeDeleted", "workflow node")));
        }
        start(wanted);
    }

    private void start(List<String> templates) {
        Optional<Item> workflow = workflow();
        if (workflow.isEmpty()) {
            return;
        }
        int nodes = world.labelled(
                        "WorkflowNode",
                        node.namespace(),
                        Orchestration.WORKFLOW,
                        workflow.get().name())
                .size();
        if (nodes + templates.size() > MAX_NODES) {
            tell(Notice.failed(
                    component(),
                    "create child nodes",
                    "a workflow may not have more than " + MAX_NODES + " nodes here; does a template contain itself?"));
            return;
        }
        try {
            for (String template : templates) {
                changes.add(Templates.node(
                        workflow.get(),
                        node,
                        template,
                        now,
                        name -> Notice.normal(component(), "NodesCreated", "child nodes created, " + name),
                        error -> Notice.failed(component(), "create child nodes", error)));
            }
        } catch (IllegalArgumentException e) {
            tell(Notice.failed(component(), "create child nodes", String.valueOf(e.getMessage())));
        }
    }

    private void chaos() {
        boolean isSchedule = type.equals("Schedule");
        String field = isSchedule ? "schedule" : Kind.of(type).map(Kind::field).orElse("");
        Optional<Item> object = object(type, node.spec().at(field), List.of(), "ChaosCR", "chaos CR");
        edit(status -> {
            Map<String, Object> changed = new LinkedHashMap<>(status);
            if (object.isPresent()) {
                Map<String, Object> reference = new LinkedHashMap<>();
                reference.put("apiGroup", "chaos-mesh.org");
                reference.put("kind", type);
                reference.put("name", object.get().name());
                changed.put("chaosResource", reference);
            } else {
                changed.remove("chaosResource");
            }
            return changed;
        });
        condition(CHAOS_INJECTED, object.isPresent(), object.isPresent() ? "ChaosCRCreated" : "ChaosCRNotExists");
    }

    private void statusCheck() {
        Optional<Item> check = object(
                type, node.spec().at("statusCheck"), List.of("foregroundDeletion"), "StatusCheck", "status check");
        if (check.isEmpty() || isFinished(node)) {
            if (Conditions.isTrue(node.status(), ABORTED)) {
                abortWorkflow();
            }
            return;
        }
        boolean completed = Conditions.isTrue(check.get().status(), StatusChecks.COMPLETED);
        accomplished(completed, completed ? "StatusCheckCompleted" : "");
        boolean abort = completed
                && Boolean.TRUE.equals(node.spec().at("abortWithStatusCheck").value())
                && !Conditions.isTrue(check.get().status(), StatusChecks.SUCCESS_THRESHOLD_EXCEED);
        if (abort) {
            condition(ABORTED, true, "StatusCheckNotExceedSuccessThreshold");
            abortWorkflow();
        }
    }

    private void abortWorkflow() {
        workflow()
                .filter(workflow -> !Workflows.isAborted(workflow))
                .ifPresent(workflow -> changes.add(new Change.Annotate(workflow.ref(), Workflows.ABORT, "true")));
    }

    /** Exactly one object while the node is at work, none afterwards. */
    private Optional<Item> object(String kind, Tree spec, List<String> finalizers, String reason, String what) {
        List<Item> objects = world.labelled(kind, node.namespace(), Orchestration.CONTROLLED_BY, node.name()).stream()
                .sorted(Item.BY_AGE)
                .toList();
        if (isFinished(node)) {
            objects.stream()
                    .filter(object -> !object.deleted())
                    .forEach(object -> changes.add(delete(object, reason, what)));
        } else if (objects.isEmpty()) {
            changes.add(new Change.Create(
                    node,
                    kind,
                    node.name() + "-",
                    labels(),
                    finalizers,
                    spec.map(),
                    name -> Notice.normal(component(), reason + "Created", what + " " + name + " created"),
                    error -> Notice.warning(
                            component(), reason + "CreateFailed", "failed to create " + what + ": " + error)));
        } else {
            objects.subList(1, objects.size()).forEach(object -> changes.add(delete(object, reason, what)));
        }
        return objects.stream().findFirst();
    }

    private Change delete(Item object, String reason, String what) {
        String called = what + " " + object.name();
        return new Change.Delete(
                object.ref(),
                node.ref(),
                Notice.normal(component(), reason + "Deleted", called + " deleted"),
                error -> Notice.warning(component(), reason + "DeleteFailed", called + " delete failed"));
    }

    Map<String, String> labels() {
        return Map.of(
                Orchestration.CONTROLLED_BY,
                node.name(),
                Orchestration.WORKFLOW,
                node.spec().at("workflowName").text(""));
    }

    private List<Item> children() {
        return world.labelled("WorkflowNode", node.namespace(), Orchestration.CONTROLLED_BY, node.name()).stream()
                .sorted(Item.BY_AGE)
                .toList();
    }

    private Optional<Item> workflow() {
        String name = node.spec().at("workflowName").text("");
        return world.get(new Item.Ref("Workflow", node.namespace(), name));
    }

    private void accomplished(boolean accomplished, String reason) {
        if (accomplished && !Conditions.isTrue(node.status(), ACCOMPLISHED)) {
            tell(Notice.normal(component(), "NodeAccomplished", "node accomplished"));
        }
        condition(ACCOMPLISHED, accomplished, reason);
    }

    private void condition(String conditionType, boolean value, String reason) {
        edit(status -> Conditions.with(status, conditionType, value, reason));
    }

    void edit(UnaryOperator<Map<String, Object>> edit) {
        edits.add(edit);
    }

    void change(Change change) {
        changes.add(change);
    }

    void tell(Notice notice) {
        changes.add(new Change.Tell(node.ref(), notice));
    }

    String component() {
        return switch (type) {
            case "Serial", "Parallel", "Task" -> "workflow-" + type.toLowerCase(Locale.ROOT) + "-node-reconciler";
            case "StatusCheck" -> "workflow-statuscheck-reconciler";
            default -> "workflow-chaos-node-reconciler";
        };
    }

    private static void names(Map<String, Object> status, String field, List<Item> items) {
        if (items.isEmpty()) {
            status.remove(field);
        } else {
            status.put(
                    field,
                    items.stream()
                            .<Object>map(item -> Map.of("name", item.name()))
                            .toList());
        }
    }

    private static Optional<Instant> time(Tree place) {
        try {
            return Optional.ofNullable(place.text()).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
