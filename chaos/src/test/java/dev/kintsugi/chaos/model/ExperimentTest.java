package dev.kintsugi.chaos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExperimentTest {
    private static final Selector WEB = Selector.labelled("shop", Map.of("app", "web"));

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                wrong(
                        "spec.duration",
                        "5 parsecs",
                        "time: unknown unit \" parsecs\"",
                        () -> GoDuration.parse("spec.duration", "5 parsecs")),
                wrong(
                        "spec.duration",
                        "30",
                        "time: missing unit in duration \"30\"",
                        () -> GoDuration.parse("spec.duration", "30")),
                wrong("spec.duration", "", "time: invalid duration \"\"", () -> GoDuration.parse("spec.duration", "")),
                wrong(
                        "spec.duration",
                        "0s",
                        "must be longer than 0",
                        () -> new Experiment("x", "shop", Target.one(WEB), new Fault.PodKill(0), Duration.ZERO)),
                wrong("spec.value", "0", "value must be greater than 0 with mode:fixed", () -> Mode.fixed(0)),
                wrong(
                        "spec.value",
                        "101",
                        "value of 101 is invalid, Must be (0,100] with mode:fixed-percent",
                        () -> Mode.fixedPercent(101)),
                wrong(
                        "spec.value",
                        "0",
                        "Must be (0,100] with mode:random-max-percent",
                        () -> new Mode(Mode.Kind.RANDOM_MAX_PERCENT, 0)),
                wrong(
                        "spec.value",
                        "two",
                        "strconv.Atoi: parsing \"two\": invalid syntax",
                        () -> Mode.parse("fixed", "two")),
                wrong("spec.mode", "some", "mode some not supported", () -> Mode.parse("some", "")),
                wrong(
                        "spec.loss.loss",
                        "lots",
                        "strconv.ParseFloat: parsing \"lots\": invalid syntax",
                        () -> Percentage.parse("spec.loss.loss", "lots")),
                wrong(
                        "spec.loss.loss",
                        "130",
                        "must be from 0 to 100",
                        () -> Percentage.parse("spec.loss.loss", "130")),
                wrong(
                        "spec.stressors.memory.size",
                        "12 bananas",
                        "incorrect bytes format: invalid suffix",
                        () -> MemorySize.parse("12 bananas")),
                wrong(
                        "spec.stressors.memory.size",
                        "110%",
                        "incorrect bytes format: illegal proportion",
                        () -> MemorySize.parse("110%")),
                wrong(
                        "spec.stressors.memory.workers",
                        "-1",
                        "should be from 0 to 8192",
                        () -> new Fault.MemoryStress(-1, new MemorySize.Bytes(1), 0, List.of())),
                wrong(
                        "spec.stressors.memory.oomScoreAdj",
                        "1001",
                        "must be from -1000 to 1000",
                        () -> new Fault.MemoryStress(1, new MemorySize.Bytes(1), 1001, List.of())),
                wrong(
                        "spec.stressors.cpu.load",
                        "101",
                        "percent field should be in 0-100",
                        () -> new Fault.CpuStress(1, 101, List.of())),
                wrong(
                        "spec.containerNames",
                        "[]",
                        "the name of container is empty on container-kill action",
                        () -> new Fault.ContainerKill(List.of())),
                wrong("spec.gracePeriod", "-1", "greater than or equal to 0", () -> new Fault.PodKill(-1)),
                wrong(
                        "spec.direction",
                        "from",
                        "cannot be used when targets is empty in netem action",
                        () -> new Fault.NetworkLoss(
                                Percentage.of(10), Percentage.ZERO, new Traffic(Direction.FROM, null, List.of()))),
                wrong(
                        "spec.direction",
                        "both",
                        "external targets cannot be used with `from` and `both`",
                        () -> new Fault.NetworkDelay(
                                Duration.ofMillis(1),
                                Duration.ZERO,
                                Percentage.ZERO,
                                new Traffic(Direction.BOTH, Target.all(WEB), List.of("1.1.1.1")))),
                wrong(
                        "metadata.name",
                        "Pod Kill",
                        "RFC 1123 subdomain",
                        () -> new Experiment("Pod Kill", "shop", Target.one(WEB), new Fault.PodKill(0), null)),
                wrong(
                        "metadata.namespace",
                        "Shop",
                        "RFC 1123 label",
                        () -> new Experiment("x", "Shop", Target.one(WEB), new Fault.PodKill(0), null)),
                wrong(
                        "spec.selector.labelSelectors",
                        "a b",
                        "must be a label key",
                        () -> Selector.labelled("shop", Map.of("a b", "c"))));
    }

    private static Arguments wrong(String field, String value, String rule, ThrowingCallable attempt) {
        return Arguments.of(field, value, rule, attempt);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("wrongValues")
    void refusesWithFieldValueRuleAndRemedy(String field, String value, String rule, ThrowingCallable attempt) {
        assertThatThrownBy(attempt).isInstanceOfSatisfying(InvalidExperiment.class, e -> {
            assertThat(e.violation().field()).isEqualTo(field);
            assertThat(e.violation().value()).isEqualTo(value);
            assertThat(e.violation().rule()).contains(rule);
            assertThat(e.violation().remedy()).isNotEmpty();
            assertThat(e).hasMessageStartingWith(field + ": Invalid value: \"" + value + "\": ");
        });
    }

    @Test
    void partitionNeedsNoTargetInAnyDirection() {
        assertThat(new Fault.NetworkPartition(new Traffic(Direction.BOTH, null, List.of())).action())
                .isEqualTo("partition");
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, 500000000",
        "1m30s, 90000000000",
        "1.5h, 5400000000000",
        "2us, 2000",
        "2µs, 2000",
        "7ns, 7",
        "1h1m1.000000001s, 3661000000001",
        "-5s, -5000000000",
        "0, 0",
        ".5s, 500000000",
        "1.s, 1000000000"
    })
    void readsDurationsAsGoDoes(String text, long nanos) {
        assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofNanos(nanos));
    }

    @Test
    void writtenDurationsReadBackTheSame() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 1000; i++) {
            Duration duration = Duration.ofNanos(random.nextLong(1L << random.nextInt(1, 62)));
            assertThat(GoDuration.parse(GoDuration.format(duration))).isEqualTo(duration);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "256MB, 256000000",
        "256MiB, 268435456",
        "1k, 1000",
        "1KiB, 1024",
        "12, 12",
        "12B, 12",
        "1.5GiB, 1610612736",
        "1 gb, 1000000000"
    })
    void sizesMeanWhatTheStressorTakesThemFor(String text, long bytes) {
        assertThat(MemorySize.parse(text).bytes(null)).isEqualTo(bytes);
    }

    @Test
    void shareOfTheLimitNeedsALimit() {
        MemorySize size = MemorySize.parse("80%");

        assertThat(size.bytes(128L * 1024 * 1024)).isEqualTo(107374182L);
        assertThatThrownBy(() -> size.bytes(null)).hasMessageContaining("no memory limit");
    }

    @Test
    void namedPodsOverrideTheRestOfASelector() {
        PodInfo named = Pods.running("shop", "a");
        PodInfo labelled = Pods.running("shop", "b");
        Selector selector = new Selector(List.of("shop"), Map.of("app", "web"), Map.of("shop", List.of("a")));

        assertThat(selector.matches(named, "shop")).isTrue();
        assertThat(selector.matches(labelled, "shop")).isFalse();
    }
}
