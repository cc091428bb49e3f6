package dev.kintsugi.healer.policy;

import static dev.kintsugi.healer.policy.Given.DEPLOYMENT;
import static dev.kintsugi.healer.policy.Given.T0;
import static dev.kintsugi.healer.policy.Given.pod;
import static dev.kintsugi.healer.policy.Given.replicaSet;
import static dev.kintsugi.healer.policy.Given.revision;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.NamespaceState;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Settings;
import dev.kintsugi.healer.model.Step;
import dev.kintsugi.healer.model.Surroundings;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Ordinary life, watched every second with the default settings: nothing is ever done, and nobody is alarmed. */
final class NoHarmTest {

    private final HealerConfig config = Given.config();
    private final Map<String, Incident> incidents = new HashMap<>();

    /** What there is at one second. */
    private record Scene(WorkloadState workload, List<PodState> pods) {}

    @Test
    void aRollingUpdateIsNothing() {
        live(180, second -> {
            Instant now = at(second);
            int step = Math.min(3, second / 50);
            List<PodState> pods = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Instant replacedAt = at(50 * (i + 1));
                if (i >= step) {
                    pods.add(pod("old-" + i).build());
                } else if (now.isBefore(replacedAt.plusSeconds(30))) {
                    pods.add(pod("old-" + i)
                            .notReadySince(now)
                            .deletionDue(replacedAt.plusSeconds(30))
                            .build());
                }
                if (i < step) {
                    Given.PodGiven fresh =
                            pod("new-" + i).controlledBy(replicaSet(2)).created(replacedAt);
                    pods.add(
                            now.isBefore(replacedAt.plusSeconds(40))
                                    ? fresh.notReadySince(replacedAt).build()
                                    : fresh.build());
                }
            }
            return new Scene(step < 3 ? Given.rollingOut(3) : Given.deployment(3), pods);
        });
    }

    @Test
    void aScaleDownIsNothing() {
        live(120, second -> {
            List<PodState> pods = new ArrayList<>();
            pods.add(pod("a").build());
            if (second < 30) {
                pods.add(pod("b").notReadySince(T0).deletionDue(at(30)).build());
            }
            return new Scene(Given.deployment(1), pods);
        });
    }

    @Test
    void aScaleToZeroIsNothing() {
        live(600, second -> new Scene(Given.deployment(0), List.of()));
    }

    @Test
    void anAutoscalerThatAsksForMoreAndLessIsNothing() {
        live(400, second -> {
            int desired = second / 100 % 2 == 0 ? 4 : 2;
            List<PodState> pods = new ArrayList<>();
            for (int i = 0; i < desired; i++) {
                boolean fresh = i >= 2 && second % 100 < 20;
                Instant made = at(second / 100 * 100);
                Given.PodGiven given =
                        i < 2 ? pod("p" + i) : pod("p" + i + "-" + second / 100).created(made);
                pods.add(fresh ? given.notReadySince(made).build() : given.build());
            }
            return new Scene(Given.deployment(desired), pods);
        });
    }

    @Test
    void aDrainByAnAdministratorIsNothing() {
        live(200, second -> {
            List<PodState> pods = new ArrayList<>();
            pods.add(pod("a").on("node2").build());
            if (second < 30) {
                pods.add(pod("b").notReadySince(T0).deletionDue(at(30)).build());
            }
            Given.PodGiven moved = pod("c").created(T0).on("node2");
            pods.add(
                    second < 60
                            ? moved.phase(PodPhase.PENDING).notReadySince(T0).build()
                            : moved.build());
            return new Scene(Given.deployment(2), pods);
        });
    }

    @Test
    void jobsThatFinishAndFailAreTheirOwnBusiness() {
        ObjectRef job = new ObjectRef("batch/v1", "Job", "shop", "report", "job");
        for (PodPhase end : List.of(PodPhase.SUCCEEDED, PodPhase.FAILED)) {
            live(
                    600,
                    second -> new Scene(
                            Given.deployment(0),
                            List.of(
                                    second < 100
                                            ? pod("report").controlledBy(job).build()
                                            : pod("report")
                                                    .controlledBy(job)
                                                    .phase(end)
                                                    .build())));
        }
    }

    @Test
    void aNamespaceThatIsDeletedIsNothing() {
        live(
                90,
                second -> {
                    List<PodState> pods = second < 30
                            ? List.of(pod("a").notReadySince(T0)
                                    .deletionDue(at(30))
                                    .build())
                            : List.of();
                    return new Scene(Given.deployment(1), pods);
                },
                new Surroundings(new NamespaceState("shop", true, Settings.NONE), List.of()),
                NodeState.Condition.READY);
    }

    @Test
    void whatHangsInANamespaceThatIsDeletedIsNotForced() {
        PodState stuck =
                pod("a").notReadySince(T0).deletionDue(T0.minusSeconds(600)).build();
        Surroundings ending = new Surroundings(new NamespaceState("shop", true, Settings.NONE), List.of());
        Observation seen = Given.onNode(
                        Given.seen(T0, stuck), new NodeState("node1", NodeState.Condition.GONE, T0.minusSeconds(600)))
                .within(ending);
        Diagnoser.Finding finding = new Diagnoser(config).diagnose(seen, T0);
        Step step = new Planner(config).step(null, new Assessment(seen, finding, Circumstances.QUIET), T0);
        assertThat(step.actions()).isEmpty();
        assertThat(Objects.requireNonNull(step.incident()).refusals()).containsExactly("ending-namespace");
    }

    @Test
    void aNodeThatRebootsTakesItsPodsWithItAndBringsThemBack() {
        live(
                300,
                second -> new Scene(
                        Given.deployment(2),
                        List.of(
                                pod("a").notReadySince(T0).build(),
                                pod("b").on("node2").build())),
                new Surroundings(null, List.of()),
                NodeState.Condition.NOT_READY);
    }

    @Test
    void aSlowStartWithinWhatItsProbesGrantIsNothing() {
        live(
                170,
                second -> new Scene(
                        Given.deployment(1),
                        List.of(pod("a").created(T0)
                                .phase(PodPhase.RUNNING)
                                .notReadySince(T0)
                                .build())));
    }

    @Test
    void anImageThatTakesItsTimeIsNothing() {
        live(
                170,
                second -> new Scene(
                        Given.deployment(1),
                        List.of(pod("a").created(T0)
                                .phase(PodPhase.PENDING)
                                .notReadySince(T0)
                                .waitingFor(second % 20 < 10 ? "ErrImagePull" : "ContainerCreating")
                                .build())));
    }

    @Test
    void aRolloutThatSomebodyHasPausedIsNothing() {
        WorkloadState paused = new WorkloadState(
                DEPLOYMENT, 2, true, true, null, Settings.NONE, T0.minusSeconds(900), T0.minusSeconds(900), null, null);
        live(
                600,
                second -> new Scene(paused, List.of(pod("a").build())),
                new Surroundings(null, List.of(revision(1, T0.minusSeconds(999)), revision(2, null))),
                NodeState.Condition.READY);
    }

    private void live(int seconds, Function<Integer, Scene> life) {
        live(seconds, life, Surroundings.NONE, NodeState.Condition.READY);
    }

    private void live(int seconds, Function<Integer, Scene> life, Surroundings around, NodeState.Condition node1) {
        for (int second = 0; second < seconds; second++) {
            Instant now = at(second);
            Scene scene = life.apply(second);
            for (PodState pod : scene.pods) {
                PodState[] peers =
                        scene.pods.stream().filter(p -> !p.equals(pod)).toArray(PodState[]::new);
                look(Given.seen(now, pod.ref(), pod, scene.workload, peers), around, node1, now);
            }
            PodState[] all = scene.pods.toArray(PodState[]::new);
            look(Given.seen(now, DEPLOYMENT, null, scene.workload, all), around, node1, now);
        }
    }

    private void look(Observation seen, Surroundings around, NodeState.Condition node1, Instant now) {
        Observation whole =
                Given.onNode(seen, new NodeState("node1", node1, T0)).within(around);
        Incident known = incidents.get(seen.target().uid());
        Diagnoser.Finding finding = new Diagnoser(config).diagnose(whole, now);
        Step step = new Planner(config).step(known, new Assessment(whole, finding, Circumstances.QUIET), now);
        assertThat(step.actions()).as(now + " " + seen.target()).isEmpty();
        assertThat(step.incident()).as(now + " " + seen.target()).isNull();
    }

    private static Instant at(int second) {
        return T0.plusSeconds(second);
    }
}
