package dev.kintsugi.chaos.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kintsugi.chaos.model.Direction;
import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.Mode;
import dev.kintsugi.chaos.model.Percentage;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.chaos.model.Pods;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.chaos.model.Traffic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LinterTest {
    private static final List<PodInfo> WEB = List.of(Pods.running("shop", "web-0"), Pods.running("shop", "web-1"));
    private static final Target ALL = Target.all(Selector.labelled("shop", Map.of("app", "web")));
    private static final Target DATABASE = Target.all(Selector.labelled("shop", Map.of("app", "db")));

    static Stream<Arguments> toothless() {
        return Stream.of(
                finds("spec.selector", "no pod matches", DATABASE, new Fault.PodKill(0)),
                finds("spec.stressors.memory.workers", "no stressor is started", ALL, memory(0, "64MB")),
                finds("spec.stressors.memory.size", "occupies nothing", ALL, memory(1, "0B")),
                finds("spec.stressors.memory.size", "occupies nothing", ALL, memory(1, "0%")),
                finds(
                        "spec.stressors.cpu.workers",
                        "no stressor is started",
                        ALL,
                        new Fault.CpuStress(0, 50, List.of())),
                finds("spec.stressors.cpu.load", "burns nothing", ALL, new Fault.CpuStress(1, 0, List.of())),
                finds("spec.loss.loss", "drops nothing", ALL, Fault.NetworkLoss.outgoing(0)),
                finds("spec.delay.latency", "delays nothing", ALL, Fault.NetworkDelay.outgoing(Duration.ZERO)),
                finds(
                        "spec.containerNames",
                        "has a container sidecar",
                        ALL,
                        new Fault.ContainerKill(List.of("sidecar"))),
                finds(
                        "spec.target.selector",
                        "no pod matches",
                        ALL,
                        new Fault.NetworkLoss(
                                Percentage.of(5), Percentage.ZERO, Traffic.with(Direction.TO, DATABASE))));
    }

    private static Fault memory(int workers, String size) {
        return new Fault.MemoryStress(workers, MemorySize.parse(size), 0, List.of());
    }

    private static Arguments finds(String field, String problem, Target target, Fault fault) {
        return Arguments.of(field, problem, target, fault);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("toothless")
    void namesWhatCannotBiteWithItsFix(String field, String problem, Target target, Fault fault) {
        assertThat(lint(target, fault, null, WEB)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.CANNOT_BITE);
            assertThat(finding.field()).isEqualTo(field);
            assertThat(finding.problem()).contains(problem);
            assertThat(finding.fix()).isNotEmpty();
        });
    }

    @Test
    void saysNothingAboutExperimentsThatBite() {
        for (Fault fault : List.of(
                new Fault.PodKill(0),
                new Fault.PodFailure(),
                new Fault.ContainerKill(List.of("app")),
                Fault.NetworkLoss.outgoing(30),
                Fault.NetworkDelay.outgoing(Duration.ofMillis(5)),
                new Fault.NetworkPartition(Traffic.outgoing()),
                memory(1, "80%"),
                new Fault.CpuStress(1, 100, List.of("app")))) {
            assertThat(lint(ALL, fault, null, WEB)).as("%s", fault).isEmpty();
        }
    }

    @Test
    void finishedPodsCannotBeBroken() {
        assertThat(lint(ALL, new Fault.PodKill(0), null, List.of(Pods.finished("shop", "web-0"))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.problem()).contains("finished or going"));
    }

    @Test
    void shareOfAMissingLimitCannotBite() {
        assertThat(lint(ALL, memory(1, "50%"), null, List.of(Pods.unlimited("shop", "web-0"))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.problem()).contains("has no limit"));
    }

    @Test
    void warnsOfAnIgnoredDurationAndOfAModeThatMayChooseNobody() {
        Target maybe = new Target(ALL.selector(), new Mode(Mode.Kind.RANDOM_MAX_PERCENT, 50));

        assertThat(lint(maybe, new Fault.PodKill(0), Duration.ofSeconds(5), WEB))
                .extracting(Finding::severity, Finding::field)
                .containsExactlyInAnyOrder(
                        tuple(Finding.Severity.WARNING, "spec.duration"), tuple(Finding.Severity.WARNING, "spec.mode"));
    }

    private static List<Finding> lint(Target target, Fault fault, @Nullable Duration duration, List<PodInfo> pods) {
        return Linter.lint(new Experiment("x", "shop", target, fault, duration), pods);
    }
}
