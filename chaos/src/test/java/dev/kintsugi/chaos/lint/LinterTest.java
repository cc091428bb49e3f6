package dev.kintsugi.chaos.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kintsugi.chaos.lint.Finding.Severity;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.chaos.model.Traffic;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinterTest {
    private static final String TARGETS = "mode: all, selector: {namespaces: [shop], labelSelectors: {app: web}}";

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            StressChaos  | stressors: {memory: {workers: 0, size: 64MB}}, duration: 9s   | spec.stressors.memory.workers | no stressor is started
            StressChaos  | stressors: {memory: {workers: 1, size: 0B}}, duration: 9s     | spec.stressors.memory.size    | occupies nothing
            StressChaos  | stressors: {memory: {workers: 1, size: 0%}}, duration: 9s     | spec.stressors.memory.size    | occupies nothing
            StressChaos  | stressors: {memory: {workers: 1, size: x}}, duration: 9s      | spec.stressors.memory.size    | incorrect bytes format
            StressChaos  | stressors: {cpu: {workers: 0, load: 50}}, duration: 9s        | spec.stressors.cpu.workers    | no stressor is started
            StressChaos  | stressors: {cpu: {workers: 1, load: 0}}, duration: 9s         | spec.stressors.cpu.load       | burns nothing
            StressChaos  | stressors: {memory: {workers: 1, time: 9s}}, duration: 9s     | spec.stressors.memory.time    | there is no such field
            StressChaos  | duration: 9s                                                  | spec                          | missing stressors
            NetworkChaos | action: loss, loss: {loss: "0"}, duration: 9s                 | spec.loss.loss                | hits no packet
            NetworkChaos | action: loss, loss: {loss: "many"}, duration: 9s              | spec.loss.loss                | webhook rejects it
            NetworkChaos | action: loss, loss: {loss: 30}, duration: 9s                  | spec.loss.loss                | must be text, not 30
            NetworkChaos | action: loss, duration: 9s                                    | spec.action                   | without parameters changes nothing
            NetworkChaos | action: delay, delay: {latency: 0ms}, duration: 9s            | spec.delay.latency            | delays nothing
            NetworkChaos | action: delay, delay: {latency: 9ms}, duration: 1d            | spec.duration                 | unknown unit "d"
            NetworkChaos | action: partition, duration: 0s                               | spec.duration                 | over before it begins
            PodChaos     | action: container-kill                                        | spec.containerNames           | name of container is empty
            PodChaos     | action: pod-kil, duration: 9s                                 | spec.action                   | is not known
            PodChaos     | gracePeriod: 0                                                | spec.action                   | is missing
            HTTPChaos    | target: Request, port: 80, duration: 9s                       | spec.target                   | nothing is done
            TimeChaos    | timeOffset: 0s, duration: 9s                                  | spec.timeOffset               | shifts nothing
            """)
    void namesWhatIsRefusedOrCannotBiteWithItsFix(String kind, String fields, String field, String problem) {
        assertThat(lint(kind, TARGETS + ", " + fields)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.field()).isEqualTo(field);
            assertThat(finding.problem()).contains(problem);
            assertThat(finding.fix()).isNotEmpty();
        });
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            PodChaos     | action: pod-kill, duration: 9s                                          | spec.duration        | ignored: pod-kill happens once
            PodChaos     | action: pod-failure, gracePeriod: 5, duration: 9s                       | spec.gracePeriod     | ignored: only pod-kill
            PodChaos     | action: pod-kill, containerNames: [app]                                 | spec.containerNames  | ignored: pod-kill hits the whole pod
            PodChaos     | action: pod-failure                                                     | spec.duration        | until somebody removes
            PodChaos     | action: pod-kill, value: "2"                                            | spec.value           | ignored: mode all takes none
            NetworkChaos | action: loss, loss: {loss: "9"}, delay: {latency: 9ms}, duration: 9s    | spec.delay           | ignored: action loss
            NetworkChaos | action: delay, delay: {latency: 9ms, jitter: 10ms}, duration: 9s        | spec.delay.jitter    | cut off at 0
            NetworkChaos | action: partition, direction: both, duration: 9s                        | spec.direction       | cuts off nobody
            HTTPChaos    | target: Request, port: 80, abort: true, code: 200, duration: 9s         | spec.code            | ignored: a request has none
            """)
    void warnsOfWhatIsIgnoredOrDoesNotEndByItself(String kind, String fields, String field, String problem) {
        assertThat(lint(kind, TARGETS + ", " + fields)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.field()).isEqualTo(field);
            assertThat(finding.problem()).contains(problem);
        });
    }

    @Test
    void namedPodsMakeTheRestOfTheSelectorVoid() {
        assertThat(lint("PodChaos", "mode: all, action: pod-kill, selector: {pods: {shop: [a]}, nodes: [n]}"))
                .extracting(Finding::field, Finding::problem)
                .containsExactly(tuple("spec.selector.nodes", "ignored: pods are named, and they alone count"));
    }

    @Test
    void misspeltFieldIsNamedWithTheRightOneAndItsLine() {
        List<Finding> findings = lint("""
                apiVersion: chaos-mesh.org/v1alpha1
                kind: PodChaos
                metadata: {name: x}
                spec:
                  action: pod-kill
                  mode: one
                  selector:
                    labelSelector:
                      app: web
                """);
        assertThat(findings)
                .singleElement()
                .hasToString("shop.yaml:8: error: spec.selector.labelSelector: ignored: there is"
                        + " no such field — did you mean labelSelectors?");
    }

    @Test
    void scheduleThatForbidsAndNeverFinishesBlocksItself() {
        String schedule = "schedule: '@every 1m', type: NetworkChaos, historyLimit: 1, networkChaos: {" + TARGETS
                + ", action: partition%s}";
        assertThat(lint("Schedule", schedule.formatted("")))
                .extracting(Finding::severity, Finding::field)
                .containsExactly(tuple(Severity.ERROR, "spec.networkChaos.duration"));
        assertThat(lint("Schedule", schedule.formatted(", duration: 2m")))
                .extracting(Finding::severity, Finding::field)
                .containsExactly(tuple(Severity.WARNING, "spec.networkChaos.duration"));
        assertThat(lint("Schedule", schedule.formatted(", duration: 20s"))).isEmpty();
    }

    @Test
    void scheduleOfKillsNeedsNoDuration() {
        assertThat(lint(
                        "Schedule",
                        "schedule: '@every 1m', type: PodChaos, podChaos: {" + TARGETS + ", action: pod-kill}"))
                .isEmpty();
    }

    @Test
    void scheduleWithoutItsFaultStartsNothing() {
        assertThat(lint("Schedule", "schedule: '@every 1m', type: PodChaos"))
                .extracting(Finding::field)
                .contains("spec.type");
    }

    @Test
    void workflowThatNeverEndsOrNeverBeginsIsNamed() {
        List<Finding> findings = lint("""
                apiVersion: chaos-mesh.org/v1alpha1
                kind: Workflow
                metadata: {name: x}
                spec:
                  entry: all
                  templates:
                    - name: all
                      templateType: Serial
                      children: [wait, cut, gone]
                    - name: wait
                      templateType: Suspend
                    - name: cut
                      templateType: NetworkChaos
                      networkChaos: {action: partition, mode: all, selector: {labelSelectors: {app: web}}}
                    - name: lonely
                      templateType: Suspend
                      deadline: 5s
                """);
        assertThat(findings)
                .extracting(Finding::line, Finding::severity, Finding::field)
                .contains(
                        tuple(9, Severity.ERROR, "spec.templates[0].children"),
                        tuple(10, Severity.ERROR, "spec.templates[1].deadline"),
                        tuple(12, Severity.ERROR, "spec.templates[2].deadline"),
                        tuple(15, Severity.WARNING, "spec.templates[3].name"));
    }

    @Test
    void brokenYamlIsNamedWithItsLine() {
        assertThat(lint("apiVersion: chaos-mesh.org/v1alpha1\nkind: PodChaos\n  metadata: x\n"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.line()).isEqualTo(3);
                    assertThat(finding.problem()).contains("no YAML");
                });
    }

    @Test
    void keyWrittenTwiceIsNamedWithItsLine() {
        assertThat(lint("apiVersion: chaos-mesh.org/v1alpha1\nkind: PodChaos\nkind: PodChaos\n"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.line()).isEqualTo(3));
    }

    @Test
    void kindThatDoesNotExistIsNamed() {
        assertThat(lint("PodChoas", "mode: one")).extracting(Finding::field).containsExactly("kind");
    }

    @Test
    void otherResourcesAreNoneOfItsBusiness() {
        assertThat(lint("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"))
                .isEmpty();
    }

    @Property(tries = 200)
    void experimentsThatTheDriverWritesHaveNoErrors(@ForAll("experiments") Experiment experiment) {
        String yaml = Serialization.asYaml(Manifests.resource(experiment));
        assertThat(lint(yaml)).noneMatch(finding -> finding.severity() == Severity.ERROR);
    }

    @Provide
    Arbitrary<Experiment> experiments() {
        Target target = Target.all(Selector.labelled("shop", Map.of("app", "web")));
        return Arbitraries.of(
                        new Fault.PodKill(0),
                        new Fault.PodFailure(),
                        new Fault.ContainerKill(List.of("app")),
                        Fault.NetworkLoss.outgoing(30),
                        Fault.NetworkDelay.outgoing(Duration.ofMillis(5)),
                        new Fault.NetworkPartition(Traffic.outgoing()),
                        new Fault.MemoryStress(1, MemorySize.parse("80%"), 0, List.of()),
                        new Fault.CpuStress(1, 100, List.of("app")))
                .map(fault -> new Experiment("x", "shop", target, fault, Duration.ofSeconds(5)));
    }

    @Property(tries = 300)
    void whateverTextIsAnsweredWithoutAFault(@ForAll String text) {
        assertThat(lint(text)).isNotNull();
        assertThat(lint("apiVersion: chaos-mesh.org/v1alpha1\nkind: NetworkChaos\nspec:\n  " + text))
                .isNotNull();
    }

    private static List<Finding> lint(String kind, String spec) {
        return lint("apiVersion: chaos-mesh.org/v1alpha1\nkind: " + kind
                + "\nmetadata: {name: x, namespace: shop}\nspec: {" + spec + "}\n");
    }

    private static List<Finding> lint(String yaml) {
        return Linter.lint(Manifest.read("shop.yaml", yaml), "shop.yaml");
    }
}
