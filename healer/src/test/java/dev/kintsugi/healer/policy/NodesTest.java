package dev.kintsugi.healer.policy;

import static dev.kintsugi.healer.policy.Given.T0;
import static dev.kintsugi.healer.policy.Given.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.NodeState.Condition;
import dev.kintsugi.healer.model.NodeState.Trouble;
import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.Phase;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Settings;
import dev.kintsugi.healer.model.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes in virtual time: what is wrong with them, cordon, drain, uncordon, and when not to. */
final class NodesTest {

    private static final ObjectRef NODE = new ObjectRef("v1", "Node", "", "node1", "node1-uid");
    private static final Instant DUE = T0.plusSeconds(90);
    private static final ObjectRef DAEMONS = new ObjectRef("apps/v1", "DaemonSet", "shop", "log", "ds");
    private final HealerConfig config = Given.config();

    // ---- diagnosis

    @Test
    void nodeThatIsNotReadyIsFoundAfterThreeHealthChecks() {
        Observation seen = seen(T0, notReady());
        Diagnoser.Finding before = diagnose(seen, DUE.minusMillis(1));
        assertThat(before.diagnosis()).isNull();
        assertThat(before.nextLook()).isEqualTo(DUE);
        assertThat(diagnose(seen, DUE).diagnosis())
                .isInstanceOfSatisfying(Diagnosis.NodeNotReady.class, found -> assertThat(found.evidence())
                        .isEqualTo("Ready is Unknown"));
    }

    @ParameterizedTest
    @CsvSource({
        "MemoryPressure,NODE_MEMORY_PRESSURE",
        "DiskPressure,NODE_DISK_PRESSURE",
        "PIDPressure,NODE_PID_PRESSURE",
        "NetworkUnavailable,NODE_NETWORK_UNAVAILABLE",
        "KernelDeadlock,NODE_PROBLEM",
        "ReadonlyFilesystem,NODE_PROBLEM"
    })
    void conditionThatMeansTroubleIsFoundAfterThreeHealthChecks(String type, Cause cause) {
        Observation seen = seen(T0, ready(new Trouble(type, T0, "why")));
        assertThat(diagnose(seen, DUE.minusMillis(1)).nextLook()).isEqualTo(DUE);
        Diagnosis found = Objects.requireNonNull(diagnose(seen, DUE).diagnosis());
        assertThat(found.cause()).isEqualTo(cause);
        assertThat(found.evidence()).isEqualTo(type + " is True: why");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EtcdIsVoter", "SomethingNew"})
    void conditionsThatNobodyHasNamedAreLeftAlone(String type) {
        NodeState node = ready(new Trouble(type, T0, ""));
        assertThat(diagnose(seen(T0, node), T0.plusSeconds(9999))).isEqualTo(Diagnoser.Finding.NOTHING);
        assertThat(node.good(config.nodeProblemConditions())).isTrue();
    }

    @Test
    void conditionsToHeedCanBeConfigured() {
        Observation seen = seen(T0, ready(new Trouble("GpuLost", T0, "")));
        Diagnoser heeding = new Diagnoser(Given.config("node_problem_conditions", "GpuLost"));
        assertThat(heeding.diagnose(seen, DUE).diagnosis()).isNotNull();
    }

    @Test
    void nodeThatIsGoneIsNothing() {
        NodeState gone = new NodeState("node1", Condition.GONE, T0);
        assertThat(diagnose(seen(T0, gone), T0.plusSeconds(9999))).isEqualTo(Diagnoser.Finding.NOTHING);
    }

    // ---- cordon and drain

    @Test
    void deadNodeIsCordonedThenDrainedThenEscalated() {
        PodState pod = pod("a").build();
        Step cordon = step(null, seen(DUE, notReady(), pod), DUE);
        assertThat(cordon.actions()).containsExactly(new Action.Cordon(NODE, DUE));
        Incident cordoned = answered(cordon, Attempt.Result.DONE);

        Instant next = DUE.plusSeconds(1);
        Step drain = step(cordoned, seen(next, cordonedAt(DUE), pod), next);
        assertThat(drain.actions()).containsExactly(new Action.Drain(NODE, List.of(pod.ref())));

        Incident held = answered(drain, Attempt.Result.FAILED);
        Instant again = next.plusSeconds(6);
        Step retry = step(held, seen(again, cordonedAt(DUE), pod), again);
        assertThat(retry.actions()).as("what a budget held back").hasSize(1);

        Incident drained = answered(retry, Attempt.Result.DONE);
        Instant end = again.plusSeconds(6);
        PodState going = pod("a").deletionDue(end).build();
        Step escalates = step(drained, seen(end, cordonedAt(DUE), going), end);
        assertThat(incident(escalates).phase()).isEqualTo(Phase.GAVE_UP);
        assertThat(incident(escalates).detail()).contains("nothing is left to evict");
    }

    @Test
    void nodeThatSomebodyCordonedIsDrainedAndNeverMarked() {
        PodState pod = pod("a").build();
        Step step = step(null, seen(DUE, node(Condition.NOT_READY, true, null, false), pod), DUE);
        assertThat(step.actions()).containsExactly(new Action.Drain(NODE, List.of(pod.ref())));
    }

    @Test
    void drainChoosesAsKubectlDoes() {
        PodState daemon = pod("daemon").controlledBy(DAEMONS).build();
        PodState finishedDaemon = pod("finished-daemon")
                .controlledBy(DAEMONS)
                .phase(PodPhase.FAILED)
                .build();
        PodState mirror = pod("mirror").controlledBy(null).mirror().build();
        PodState going = pod("going").deletionDue(DUE).build();
        PodState finishedBare = pod("finished")
                .controlledBy(null)
                .emptyDir()
                .phase(PodPhase.SUCCEEDED)
                .build();
        PodState elsewhere = pod("elsewhere").on("node2").build();
        PodState plain = pod("plain").build();
        assertThat(Drain.of(notReady(), List.of(daemon, finishedDaemon, mirror, going, finishedBare, elsewhere, plain)))
                .isEqualTo(new Remedy.Act(
                        new Action.Drain(NODE, List.of(finishedBare.ref(), finishedDaemon.ref(), plain.ref()))));
    }

    @Test
    void anyRefusalStopsTheDrainBeforeItsFirstEviction() {
        PodState bare = pod("bare").controlledBy(null).build();
        PodState data = pod("data").emptyDir().build();
        Remedy remedy = Drain.of(notReady(), List.of(pod("plain").build(), bare, data));
        assertThat(remedy)
                .isEqualTo(new Remedy.None("refused as kubectl would: Pod shop/bare has no controller;"
                        + " Pod shop/data has an emptyDir"));
    }

    @Test
    void nodeUnderPressureIsCordonedAndHasTimeToGetOverIt() {
        NodeState ill = ready(new Trouble("DiskPressure", T0, ""));
        Step cordon = step(null, seen(DUE, ill), DUE);
        assertThat(cordon.actions()).containsExactly(new Action.Cordon(NODE, DUE));
        Incident cordoned = answered(cordon, Attempt.Result.DONE);
        Instant t1 = DUE.plusSeconds(239);
        assertThat(incident(step(cordoned, seen(t1, ill), t1)).closed()).isFalse();
        Incident good = incident(step(cordoned, seen(t1, cordonedAndGood(DUE, t1)), t1));
        Instant t2 = t1.plusSeconds(10).minusMillis(1);
        assertThat(incident(step(good, seen(t2, cordonedAndGood(DUE, t1)), t2)).closed())
                .isFalse();
        Instant t3 = t1.plusSeconds(10);
        assertThat(incident(step(good, seen(t3, node(Condition.READY, false, null, false)), t3))
                        .phase())
                .isEqualTo(Phase.HEALED);
    }

    @Test
    void afterPressureTheIncidentIsHealedBeforeTheNodeIsUncordoned() {
        NodeState ill = ready(new Trouble("DiskPressure", T0, ""));
        Incident cordoned = answered(step(null, seen(DUE, ill), DUE), Attempt.Result.DONE);
        Instant t1 = DUE.plusSeconds(60);
        Observation good = seen(t1, cordonedAndGood(DUE, t1.minusSeconds(30)));
        Incident passing = incident(step(cordoned, good, t1));
        Instant t2 = t1.plusSeconds(10);
        Incident healed = incident(step(passing, seen(t2, cordonedAndGood(DUE, t1.minusSeconds(30))), t2));
        assertThat(healed.phase()).isEqualTo(Phase.HEALED);
        Step next = step(healed, seen(t2, cordonedAndGood(DUE, t1.minusSeconds(30))), t2);
        assertThat(next.actions()).containsExactly(new Action.Uncordon(NODE));
    }

    // ---- uncordon

    @Test
    void nodeThatIsGoodAgainIsUncordonedOnlyIfTheHealerCordonedIt() {
        Instant good = T0.plusSeconds(500);
        Observation seen = seen(good, cordonedAndGood(T0, good));
        assertThat(diagnose(seen, good.plusSeconds(10).minusMillis(1)).nextLook())
                .isEqualTo(good.plusSeconds(10));
        Instant stable = good.plusSeconds(10);
        Step step = step(null, seen(stable, cordonedAndGood(T0, good)), stable);
        assertThat(step.actions()).containsExactly(new Action.Uncordon(NODE));
        assertThat(diagnose(seen(stable, node(Condition.READY, true, null, false)), stable))
                .as("cordoned by somebody else")
                .isEqualTo(Diagnoser.Finding.NOTHING);

        Incident done = answered(step, Attempt.Result.DONE);
        Instant later = stable.plusSeconds(1);
        Incident open = incident(step(done, seen(later, node(Condition.READY, false, null, false)), later));
        Instant end = later.plusSeconds(10);
        assertThat(incident(step(open, seen(end, node(Condition.READY, false, null, false)), end))
                        .phase())
                .isEqualTo(Phase.HEALED);
    }

    @Test
    void nodeThatComesBackAfterItWasGivenUpIsUncordonedAllTheSame() {
        Step cordon = step(null, seen(DUE, notReady()), DUE);
        Incident gaveUp = incident(cordon).close(Phase.GAVE_UP, DUE.plusSeconds(60), "");
        Instant good = T0.plusSeconds(5000);
        Instant stable = good.plusSeconds(10);
        Step step = step(gaveUp, seen(stable, cordonedAndGood(DUE, good)), stable);
        assertThat(step.actions()).containsExactly(new Action.Uncordon(NODE));
        assertThat(incident(step).ordinal()).isEqualTo(2);
    }

    @Test
    void nodeThatIsGoneLeavesNothingToHeal() {
        Incident cordoned = answered(step(null, seen(DUE, notReady()), DUE), Attempt.Result.DONE);
        Step step = step(cordoned, seen(DUE, new NodeState("node1", Condition.GONE, DUE)), DUE);
        assertThat(incident(step).phase()).isEqualTo(Phase.GAVE_UP);
        assertThat(incident(step).detail()).contains("nothing is left to heal");
    }

    // ---- guards

    @Test
    void whereManyNodesAreIllNothingIsDoneToAny() {
        assertThat(refusal(seen(DUE, notReady(), other("node2", true), other("node3", false))))
                .as("two of three")
                .isEqualTo("storm");
        assertThat(step(
                                null,
                                seen(
                                        DUE,
                                        notReady(),
                                        other("node2", true),
                                        other("node3", false),
                                        other("node4", false)),
                                DUE)
                        .actions())
                .as("two of four")
                .hasSize(1);
        assertThat(step(null, seen(DUE, notReady()), DUE).actions())
                .as("one of one")
                .hasSize(1);
    }

    @Test
    void oneNodeOfTheControlPlaneAtATime() {
        NodeState ill = node(Condition.NOT_READY, false, null, true);
        NodeState cordoned = new NodeState(
                new ObjectRef("v1", "Node", "", "cp2", "cp2-uid"),
                Condition.READY,
                T0,
                "",
                List.of(),
                true,
                null,
                true,
                Settings.NONE);
        assertThat(refusal(seen(DUE, ill, cordoned, other("node3", false)))).isEqualTo("control-plane");
        assertThat(step(null, seen(DUE, ill, other("node2", false), other("node3", false)), DUE)
                        .actions())
                .hasSize(1);
        assertThat(step(null, seen(DUE, notReady(), cordoned, other("node3", false)), DUE)
                        .actions())
                .as("a worker")
                .hasSize(1);
    }

    @Test
    void nodeThatOptedOutOrIsPausedIsLeftAlone() {
        for (Map<String, String> annotations :
                List.of(Map.of(Settings.PAUSE, "true"), Map.of(Settings.HEAL, "false"))) {
            NodeState node = new NodeState(
                    NODE,
                    Condition.NOT_READY,
                    T0,
                    "",
                    List.of(),
                    false,
                    null,
                    false,
                    Settings.of(annotations, Map.of()));
            assertThat(refusal(seen(DUE, node))).isIn("pause", "opt-out");
        }
    }

    @Test
    void aRebootIsNothing() {
        for (int second = 0; second < 90; second++) {
            Instant now = T0.plusSeconds(second);
            Step step =
                    step(null, seen(now, notReady(), pod("a").notReadySince(T0).build()), now);
            assertThat(step.incident()).isNull();
        }
    }

    private @Nullable String refusal(Observation seen) {
        Step step = step(null, seen, DUE);
        assertThat(step.actions()).isEmpty();
        return step.notices().stream()
                .filter(n -> n.reason() == Notice.Reason.REFUSED)
                .map(Notice::key)
                .findFirst()
                .orElse(null);
    }

    private static NodeState notReady() {
        return node(Condition.NOT_READY, false, null, false);
    }

    private static NodeState ready(Trouble... troubles) {
        return new NodeState(
                NODE, Condition.READY, T0.minusSeconds(999), "", List.of(troubles), false, null, false, Settings.NONE);
    }

    private static NodeState cordonedAt(Instant at) {
        return node(Condition.NOT_READY, true, at, false);
    }

    private static NodeState cordonedAndGood(Instant cordonedAt, Instant since) {
        return new NodeState(NODE, Condition.READY, since, "", List.of(), true, cordonedAt, false, Settings.NONE);
    }

    private static NodeState node(
            Condition condition, boolean cordoned, @Nullable Instant byHealer, boolean controlPlane) {
        String detail = condition == Condition.READY ? "" : "Ready is Unknown";
        return new NodeState(NODE, condition, T0, detail, List.of(), cordoned, byHealer, controlPlane, Settings.NONE);
    }

    private static NodeState other(String name, boolean ill) {
        return new NodeState(name, ill ? Condition.NOT_READY : Condition.READY, T0);
    }

    private static Observation seen(Instant at, NodeState node, Object... others) {
        List<PodState> pods = new ArrayList<>();
        List<NodeState> nodes = new ArrayList<>();
        for (Object other : others) {
            if (other instanceof PodState pod) {
                pods.add(pod);
            } else {
                nodes.add((NodeState) other);
            }
        }
        Map<String, NodeState> all = Stream.concat(Stream.of(node), nodes.stream())
                .collect(Collectors.toMap(NodeState::name, Function.identity()));
        return new Observation(at, NODE, null, null, false, pods, all, Set.of(), List.of(), null);
    }

    private Diagnoser.Finding diagnose(Observation seen, Instant now) {
        return new Diagnoser(config).diagnose(seen, now);
    }

    private Step step(@Nullable Incident known, Observation seen, Instant now) {
        Diagnoser diagnoser = new Diagnoser(config);
        Diagnoser.Finding finding =
                known == null || known.closed() ? diagnoser.diagnose(seen, now) : diagnoser.diagnose(known, seen, now);
        return new Planner(config).step(known, new Assessment(seen, finding, Circumstances.QUIET), now);
    }

    private Incident answered(Step step, Attempt.Result result) {
        return incident(new Planner(config).answer(incident(step), result, ""));
    }

    private static Incident incident(Step step) {
        return Objects.requireNonNull(step.incident());
    }
}
