package dev.kintsugi.healer.policy;

import static dev.kintsugi.healer.policy.Given.DEPLOYMENT;
import static dev.kintsugi.healer.policy.Given.T0;
import static dev.kintsugi.healer.policy.Given.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.NamespaceState;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Settings;
import dev.kintsugi.healer.model.Surroundings;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule that stops an action, at its edge. */
final class GuardsTest {

    private static final HealerConfig CONFIG = Given.config();

    @Test
    void nothingStopsAnOrdinaryAction() {
        assertThat(check(CONFIG, pod("a").build(), Circumstances.QUIET)).isEmpty();
    }

    @Test
    void pauseOnThePodTheWorkloadTheNamespaceOrTheClusterStopsIt() {
        Settings paused = Settings.of(Map.of(Settings.PAUSE, "true"), Map.of());
        PodState own = pod("a").settings(paused).build();
        assertThat(guard(check(CONFIG, own, Circumstances.QUIET))).isEqualTo("pause");

        PodState pod = pod("a").build();
        WorkloadState workload = new WorkloadState(DEPLOYMENT, 1, false, false, null, paused);
        assertThat(guard(check(CONFIG, pod, Given.seen(T0, pod.ref(), pod, workload), Circumstances.QUIET)))
                .isEqualTo("pause");
        assertThat(guard(inNamespace(new NamespaceState("shop", false, paused))))
                .isEqualTo("pause");
        Guards.Refusal everywhere =
                check(Given.config("paused", "true"), pod, Circumstances.QUIET).orElseThrow();
        assertThat(everywhere.guard()).isEqualTo("pause");
        assertThat(everywhere.reason()).isEqualTo("healing is paused in the whole cluster");
    }

    @Test
    void optOutOfANamespaceHoldsForAllThatIsInIt() {
        Settings out = Settings.of(Map.of(), Map.of(Settings.HEAL, "false"));
        assertThat(guard(inNamespace(new NamespaceState("shop", false, out)))).isEqualTo("opt-out");
    }

    @ParameterizedTest
    @CsvSource({
        "kintsugi.dev/pause,perhaps,annotation kintsugi.dev/pause is 'perhaps' (allowed: true or false)",
        "kintsugi.dev/heal,never,annotation kintsugi.dev/heal is 'never' (allowed: true or false)",
        "kintsugi.dev/depends-on,My Service,"
                + "annotation kintsugi.dev/depends-on names 'My Service' (allowed: SERVICE or NAMESPACE/SERVICE)"
    })
    void annotationThatMeansNothingStopsItWithPlaceAndReason(String key, String value, String reason) {
        PodState pod =
                pod("a").settings(Settings.of(Map.of(key, value), Map.of())).build();
        assertThat(check(CONFIG, pod, Circumstances.QUIET)).hasValueSatisfying(refusal -> {
            assertThat(refusal.guard()).isEqualTo("annotation");
            assertThat(refusal.reason()).isEqualTo(reason);
        });
    }

    @Test
    void nothingIsDoneInANamespaceThatIsBeingDeleted() {
        assertThat(guard(inNamespace(new NamespaceState("shop", true, Settings.NONE))))
                .isEqualTo("ending-namespace");
        assertThat(inNamespace(new NamespaceState("shop", false, Settings.NONE)))
                .isEmpty();
    }

    @Test
    void stormBreakerTripsOnlyAboveBothNumberAndShare() {
        assertThat(among(new Prevalence(10, 10, 10, 10)))
                .as("not above the number")
                .isEmpty();
        assertThat(among(new Prevalence(11, 22, 11, 22)))
                .as("half is not above half")
                .isEmpty();
        assertThat(guard(among(new Prevalence(11, 21, 11, 1000))))
                .as("the namespace")
                .isEqualTo("storm");
        assertThat(guard(among(new Prevalence(1, 10, 60, 100))))
                .as("the cluster")
                .isEqualTo("storm");
        assertThat(among(new Prevalence(1, 10, 60, 1000))).as("a few of many").isEmpty();
        assertThat(among(new Prevalence(11, 21, 11, 1000)).orElseThrow().reason())
                .isEqualTo("11 of 21 pods in namespace shop are ill (limits 10 and 50 %)");
    }

    @Test
    void rateIsLimitedWithinAnyMinute() {
        HealerConfig three = Given.config("max_actions_per_minute", "3");
        Instant first = T0.minusSeconds(59);
        assertThat(check(three, pod("a").build(), past(first, T0.minusSeconds(2), T0.minusSeconds(1))))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.guard()).isEqualTo("rate");
                    assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(1));
                });
        assertThat(check(three, pod("a").build(), past(T0.minusSeconds(60), T0.minusSeconds(2), T0.minusSeconds(1))))
                .isEmpty();
    }

    @Test
    void dryRunMayBeForOneDiagnosisOnly() {
        HealerConfig dry = Given.config("strategies", "[{for: PodNotReady, dryRun: true, ladder: [{do: RestartPod}]}]");
        PodState pod = pod("a").build();
        assertThat(guard(check(dry, pod, Circumstances.QUIET))).isEqualTo("dry-run");
        Guards.Proposal other = new Guards.Proposal(
                new Action.DeletePod(pod.ref(), false),
                new Diagnosis.PodFailed(pod, T0, ""),
                Given.seen(T0, pod),
                Circumstances.QUIET,
                dry,
                T0);
        assertThat(Guards.check(other)).isEmpty();
    }

    @Test
    void actionThatIsNotTrustedAnyMoreIsNotTakenAndSaysHowItFared() {
        Trust trust = new TrustTest.History().failed(9).healed(1).failed(1).trust(CONFIG);
        assertThat(check(CONFIG, pod("a").build(), Circumstances.QUIET.trusting(trust)))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.guard()).isEqualTo("self-distrust");
                    assertThat(refusal.reason())
                            .isEqualTo(
                                    "DeletePod is not trusted any more against PodNotReady: 1 of its last 11 were verified good"
                                            + " (floor 50 %); reset by trust_since");
                });
    }

    private static Optional<Guards.Refusal> among(Prevalence prevalence) {
        return check(CONFIG, pod("a").build(), new Circumstances(0, List.of(), prevalence, Trust.NEW));
    }

    private static Optional<Guards.Refusal> inNamespace(NamespaceState namespace) {
        PodState pod = pod("a").build();
        Observation seen = Given.seen(T0, pod).within(new Surroundings(namespace, List.of()));
        return check(CONFIG, pod, seen, Circumstances.QUIET);
    }

    private static Circumstances past(Instant... times) {
        List<Circumstances.PastAction> past = IntStream.range(0, times.length)
                .mapToObj(i ->
                        new Circumstances.PastAction(ObjectRef.pod("shop", "other-" + i, "other-" + i), null, times[i]))
                .toList();
        return new Circumstances(0, past);
    }

    private static Optional<Guards.Refusal> check(HealerConfig config, PodState pod, Circumstances around) {
        return check(config, pod, Given.seen(T0, pod), around);
    }

    private static Optional<Guards.Refusal> check(
            HealerConfig config, PodState pod, Observation seen, Circumstances around) {
        Diagnosis diagnosis = new Diagnosis.PodNotReady(pod, T0, "");
        return Guards.check(
                new Guards.Proposal(new Action.DeletePod(pod.ref(), false), diagnosis, seen, around, config, T0));
    }

    private static String guard(Optional<Guards.Refusal> refusal) {
        return refusal.map(Guards.Refusal::guard).orElse("none");
    }
}
