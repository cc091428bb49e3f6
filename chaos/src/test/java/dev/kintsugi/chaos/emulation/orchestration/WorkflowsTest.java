package dev.kintsugi.chaos.emulation.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.mesh.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkflowsTest {
    private final VirtualMesh mesh = new VirtualMesh();
    private final List<Object> templates = new ArrayList<>();

    private void template(String name, String type, Map<String, Object> more) {
        Map<String, Object> template = new HashMap<>(Map.of("name", name, "templateType", type));
        template.putAll(more);
        templates.add(template);
    }

    private void chaos(String name, String deadline) {
        template(
                name,
                "PodChaos",
                Map.of(
                        "deadline",
                        deadline,
                        "podChaos",
                        Map.of("action", "pod-failure", "mode", "one", "selector", Map.of())));
    }

    private Item workflow() {
        return mesh.put("Workflow", "flow", Map.of("entry", "entry", "templates", templates));
    }

    private Tree status(Item item) {
        return mesh.item(item.ref()).status();
    }

    private boolean is(Item item, String condition) {
        return Conditions.isTrue(status(item), condition);
    }

    @Test
    void serialNodeRunsItsChildrenOneAfterAnother() {
        template("entry", "Serial", Map.of("children", List.of("first", "second")));
        chaos("first", "1m");
        chaos("second", "1m");
        Item workflow = workflow();

        mesh.settle();
        assertThat(is(workflow, "Scheduled")).isTrue();
        assertThat(is(workflow, "Accomplished")).isFalse();
        assertThat(mesh.nodes("first")).hasSize(1);
        assertThat(mesh.nodes("second")).isEmpty();
        assertThat(mesh.all("PodChaos")).singleElement().satisfies(chaos -> {
            assertThat(chaos.labels())
                    .containsEntry("chaos-mesh.org/workflow", "flow")
                    .containsEntry(
                            "chaos-mesh.org/controlled-by",
                            mesh.nodes("first").get(0).name());
            assertThat(chaos.spec().at("duration").exists()).isFalse();
        });
        assertThat(is(mesh.nodes("first").get(0), "ChaosInjected")).isTrue();

        mesh.advance(Duration.ofMinutes(1));
        assertThat(mesh.nodes("second")).hasSize(1);
        assertThat(mesh.all("PodChaos")).as("that of the first node is deleted").hasSize(1);

        mesh.advance(Duration.ofMinutes(1));
        assertThat(mesh.all("PodChaos")).isEmpty();
        assertThat(is(workflow, "Accomplished")).isTrue();
        assertThat(status(workflow).at("startTime").text()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(status(workflow).at("endTime").text()).isEqualTo("2026-01-01T00:02:00Z");
        assertThat(status(mesh.nodes("entry").get(0)).at("finishedChildren").elements())
                .hasSize(2);
        assertThat(mesh.reasons())
                .contains(
                        "EntryCreated",
                        "NodesCreated",
                        "ChaosCRCreated",
                        "NodeDeadlineExceed",
                        "ChaosCRDeleted",
                        "NodeAccomplished",
                        "WorkflowAccomplished");
    }

    @Test
    void deadlineIsNotReachedAMillisecondBefore() {
        template("entry", "Suspend", Map.of("deadline", "10s"));
        Item workflow = workflow();
        mesh.advance(Duration.ofSeconds(10).minusMillis(1));
        assertThat(is(workflow, "Accomplished")).isFalse();
        mesh.advance(Duration.ofMillis(1));
        assertThat(is(workflow, "Accomplished")).isTrue();
    }

    @Test
    void parallelNodeRunsItsChildrenAtOnce() {
        template("entry", "Parallel", Map.of("children", List.of("a", "b", "c")));
        chaos("a", "1m");
        chaos("b", "2m");
        template("c", "Suspend", Map.of("deadline", "3m"));
        Item workflow = workflow();

        mesh.settle();
        assertThat(mesh.all("PodChaos")).hasSize(2);
        mesh.advance(Duration.ofMinutes(1));
        assertThat(mesh.all("PodChaos")).hasSize(1);
        mesh.advance(Duration.ofMinutes(2).minusMillis(1));
        assertThat(is(workflow, "Accomplished")).isFalse();
        mesh.advance(Duration.ofMillis(1));
        assertThat(is(workflow, "Accomplished")).isTrue();
        assertThat(mesh.reasons()).doesNotContain("RerunBySpecChanged");
    }

    @Test
    void deadlineOfAParentEndsItsChildren() {
        template("entry", "Serial", Map.of("deadline", "30s", "children", List.of("long", "never")));
        chaos("long", "1h");
        chaos("never", "1h");
        Item workflow = workflow();
        mesh.advance(Duration.ofSeconds(31));

        assertThat(status(mesh.nodes("long").get(0)).at("conditions").elements())
                .anySatisfy(
                        condition -> assertThat(condition.at("reason").text()).isEqualTo("ParentNodeDeadlineExceed"));
        assertThat(mesh.all("PodChaos")).isEmpty();
        assertThat(mesh.nodes("never")).isEmpty();
        assertThat(is(workflow, "Accomplished")).isTrue();
    }

    @Test
    void annotationAbortsTheWholeTree() {
        template("entry", "Parallel", Map.of("children", List.of("a", "b")));
        template("a", "Serial", Map.of("children", List.of("b")));
        chaos("b", "1h");
        Item workflow = workflow();
        mesh.settle();
        assertThat(mesh.all("PodChaos")).hasSize(2);

        mesh.annotate(workflow, "workflow.chaos-mesh.org/abort", "true");
        mesh.settle();
        assertThat(mesh.all("PodChaos")).isEmpty();
        assertThat(mesh.all("WorkflowNode")).allMatch(node -> is(node, "Aborted"));
        assertThat(is(workflow, "Accomplished")).isTrue();
        assertThat(mesh.reasons()).contains("WorkflowAborted", "ParentNodeAborted");
    }

    @Test
    void statusCheckFinishesItsNodeByItself() {
        template("entry", "Serial", Map.of("children", List.of("check")));
        template(
                "check",
                "StatusCheck",
                Map.of(
                        "statusCheck",
                        Map.of(
                                "mode",
                                "Synchronous",
                                "type",
                                "HTTP",
                                "intervalSeconds",
                                1,
                                "successThreshold",
                                2,
                                "http",
                                Map.of("url", "http://web", "criteria", Map.of("statusCode", "200")))));
        Item workflow = workflow();
        mesh.advance(Duration.ofMillis(1999));
        assertThat(is(workflow, "Accomplished")).isFalse();
        mesh.advance(Duration.ofMillis(1));
        assertThat(is(workflow, "Accomplished")).isTrue();
        assertThat(mesh.all("StatusCheck")).isEmpty();
        assertThat(mesh.reasons()).contains("StatusCheckCreated", "StatusCheckCompleted", "StatusCheckDeleted");
    }

    @Test
    void statusCheckThatFailsAbortsTheWorkflowWhenItIsToldTo() {
        mesh.statusCode = 500;
        template("entry", "Parallel", Map.of("children", List.of("check", "chaos")));
        template(
                "check",
                "StatusCheck",
                Map.of(
                        "abortWithStatusCheck",
                        true,
                        "statusCheck",
                        Map.of(
                                "mode",
                                "Continuous",
                                "type",
                                "HTTP",
                                "intervalSeconds",
                                1,
                                "failureThreshold",
                                3,
                                "http",
                                Map.of("url", "http://web", "criteria", Map.of("statusCode", "200-299")))));
        chaos("chaos", "1h");
        Item workflow = workflow();
        mesh.advance(Duration.ofSeconds(3));

        assertThat(mesh.item(workflow.ref()).annotations()).containsEntry("workflow.chaos-mesh.org/abort", "true");
        assertThat(mesh.all("PodChaos")).isEmpty();
        assertThat(is(workflow, "Accomplished")).isTrue();
    }

    @Test
    void scheduleNodeKeepsAScheduleUntilItsDeadline() {
        template(
                "entry",
                "Schedule",
                Map.of(
                        "deadline",
                        "10m",
                        "schedule",
                        Map.of(
                                "schedule",
                                "@every 4m",
                                "type",
                                "PodChaos",
                                "concurrencyPolicy",
                                "Allow",
                                "historyLimit",
                                5,
                                "podChaos",
                                Map.of("action", "pod-kill", "mode", "one", "selector", Map.of()))));
        Item workflow = workflow();
        mesh.advance(Duration.ofMinutes(9));
        assertThat(mesh.all("Schedule")).hasSize(1);
        assertThat(mesh.all("PodChaos")).hasSize(2);

        mesh.advance(Duration.ofMinutes(1));
        assertThat(mesh.all("Schedule")).isEmpty();
        assertThat(is(workflow, "Accomplished")).isTrue();
    }

    @Test
    void taskTakesTheBranchesThatHoldOverItsExitCodeAndOutput() {
        template(
                "entry",
                "Task",
                Map.of(
                        "task",
                        Map.of("container", Map.of("name", "main", "image", "busybox")),
                        "conditionalBranches",
                        List.of(
                                Map.of("target", "failed", "expression", "exitCode != 0"),
                                Map.of("target", "fine", "expression", "exitCode == 0 && stdout contains \"ok\""))));
        template("failed", "Suspend", Map.of("deadline", "1s"));
        template("fine", "Suspend", Map.of("deadline", "1s"));
        Item workflow = workflow();
        mesh.settle();

        Item pod = mesh.all("Pod").get(0);
        assertThat(pod.spec().at("restartPolicy").text()).isEqualTo("Never");
        assertThat(pod.spec().at("containers").elements()).hasSize(1);
        assertThat(mesh.nodes("fine")).isEmpty();

        mesh.logs.put(pod.name(), "all ok\n");
        mesh.status(
                pod,
                Map.of(
                        "phase",
                        "Succeeded",
                        "containerStatuses",
                        List.of(Map.of("name", "main", "state", Map.of("terminated", Map.of("exitCode", 0))))));
        mesh.settle();
        assertThat(mesh.nodes("fine")).hasSize(1);
        assertThat(mesh.nodes("failed")).isEmpty();
        assertThat(status(mesh.nodes("entry").get(0))
                        .at("conditionalBranchesStatus", "context")
                        .texts())
                .containsExactly("{\"exitCode\":0,\"stdout\":\"all ok\"}");

        mesh.advance(Duration.ofSeconds(1));
        assertThat(is(workflow, "Accomplished")).isTrue();
        assertThat(mesh.told)
                .contains("WorkflowNode ConditionalBranchesSelected: selected branches: [fine]")
                .filteredOn(line -> line.contains("TaskPodPodCompleted"))
                .hasSize(1);
    }

    @Test
    void taskWithAConditionThatIsNotUnderstoodIsNeverAccomplished() {
        template(
                "entry",
                "Task",
                Map.of(
                        "task",
                        Map.of("container", Map.of("name", "main", "image", "busybox")),
                        "conditionalBranches",
                        List.of(Map.of("target", "entry", "expression", "exitcode is zero"))));
        Item workflow = workflow();
        mesh.settle();
        mesh.status(mesh.all("Pod").get(0), Map.of("phase", "Failed"));
        mesh.advance(Duration.ofHours(1));
        assertThat(is(workflow, "Accomplished")).isFalse();
        assertThat(status(mesh.nodes("entry").get(0))
                        .at("conditionalBranchesStatus", "branches")
                        .elements())
                .allSatisfy(branch ->
                        assertThat(branch.at("evaluationResult").text()).isEqualTo("Unknown"));
    }

    @Test
    void entryThatIsNotThereIsSaid() {
        template("other", "Suspend", Map.of("deadline", "1s"));
        Item workflow = workflow();
        mesh.settle();
        assertThat(mesh.reasons()).contains("InvalidEntry");
        assertThat(is(workflow, "Scheduled")).isFalse();
    }

    @Test
    void templateThatContainsItselfStopsSomewhere() {
        template("entry", "Parallel", Map.of("children", List.of("entry", "entry", "entry")));
        workflow();
        mesh.settle();
        assertThat(mesh.all("WorkflowNode")).hasSizeBetween(100, 200);
        assertThat(mesh.told).anyMatch(line -> line.contains("may not have more than 200 nodes here"));
    }
}
