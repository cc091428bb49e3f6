package dev.kintsugi.chaos.emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.Mode;
import dev.kintsugi.chaos.model.Percentage;
import dev.kintsugi.chaos.webhook.Webhook;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever comes in, it is read or refused, never answered with a crash. */
class WildInputTest {
    private static final List<String> WORDS = List.of(
            "experiment",
            "desiredPhase",
            "containerRecords",
            "id",
            "phase",
            "events",
            "timestamp",
            "conditions",
            "type",
            "status",
            "action",
            "mode",
            "value",
            "selector",
            "namespaces",
            "pods",
            "labelSelectors",
            "duration",
            "loss",
            "delay",
            "latency",
            "target",
            "stressors",
            "memory",
            "cpu",
            "size",
            "workers",
            "fixed",
            "pod-kill",
            "container-kill",
            "partition",
            "direction",
            "from",
            "Run",
            "Stop",
            "Injected",
            "Not Injected",
            "5s",
            "10%");

    @Property(tries = 500)
    void statusIsRead(@ForAll("trees") Object tree) {
        assertThatCode(() -> Status.of(new Tree(tree)).describe()).doesNotThrowAnyException();
    }

    @Property(tries = 500)
    void webhookAnswersAndTheControllersDecide(@ForAll("trees") Object spec, @ForAll("trees") Object status) {
        for (Kind kind : Kind.values()) {
            Map<String, Object> resource = new HashMap<>(Map.of(
                    "apiVersion",
                    "chaos-mesh.org/v1alpha1",
                    "kind",
                    kind.text(),
                    "metadata",
                    Map.of("namespace", "shop"),
                    "spec",
                    spec));
            Webhook.Review review = Webhook.review(Webhook.Operation.CREATE, resource, resource, Simulation.START);
            if (review instanceof Webhook.Review.Admitted admitted) {
                Chaos chaos = new Chaos(
                        kind,
                        "shop",
                        "x",
                        Simulation.START,
                        false,
                        Map.of(),
                        List.of(Chaos.FINALIZER),
                        new Tree(admitted.resource().get("spec")),
                        Status.of(new Tree(status)));
                ClusterView nobody = new ClusterView(List.of(), Map.of());
                assertThat(Pipeline.next(chaos, () -> nobody, Simulation.START, 1))
                        .isNotNull();
            }
        }
    }

    @Property(tries = 500)
    void textIsReadOrRefusedWithItsField(@ForAll String text) {
        for (Runnable reading : List.<Runnable>of(
                () -> GoDuration.parse("f", text),
                () -> Percentage.parse("f", text),
                () -> MemorySize.parse(text),
                () -> Mode.parse("fixed", text))) {
            try {
                reading.run();
            } catch (InvalidExperiment e) {
                assertThat(e.violation().remedy()).isNotEmpty();
            }
        }
    }

    @Property(tries = 500)
    void numbersWithUnitsAreReadOrRefused(@ForAll("numbers") String number, @ForAll("units") String unit) {
        textIsReadOrRefusedWithItsField(number + unit);
    }

    @Provide
    Arbitrary<String> numbers() {
        return Arbitraries.strings().withChars("0123456789.-+e").ofMinLength(1).ofMaxLength(25);
    }

    @Provide
    Arbitrary<String> units() {
        return Arbitraries.of("", "s", "ms", "h", "µs", "%", "MiB", "kB", "p", "PiB", " GB", "x");
    }

    @Provide
    Arbitrary<Object> trees() {
        Arbitrary<Object> leaf = Arbitraries.oneOf(
                Arbitraries.of(WORDS).map(Object.class::cast),
                Arbitraries.strings().ascii().ofMaxLength(8).map(Object.class::cast),
                Arbitraries.integers().map(Object.class::cast),
                Arbitraries.of(true, false).map(Object.class::cast));
        return tree(leaf, 4);
    }

    private static Arbitrary<Object> tree(Arbitrary<Object> leaf, int depth) {
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<Object> below = tree(leaf, depth - 1);
        return Arbitraries.oneOf(
                Arbitraries.maps(Arbitraries.of(WORDS), below).ofMaxSize(6).map(Object.class::cast),
                below.list().ofMaxSize(3).map(Object.class::cast),
                leaf);
    }
}
