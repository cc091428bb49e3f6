package dev.kintsugi.healer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.healer.model.Cause;
import dev.kintsugi.healer.model.Treatment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StrategiesTest {

    @ParameterizedTest
    @EnumSource(Cause.class)
    void everyDiagnosisHasADefaultStrategy(Cause cause) {
        assertThat(Strategies.DEFAULTS.of(cause).ladder())
                .allSatisfy(rung ->
                        assertThat(rung.treatment().suits(cause.subject())).isTrue());
    }

    @Test
    void theDefaultsAreTheDocumentedRemedies() {
        assertThat(treatments(Cause.POD_NOT_READY)).containsExactly(Treatment.RESTART_POD);
        assertThat(treatments(Cause.POD_FAILED)).containsExactly(Treatment.RESTART_POD);
        assertThat(treatments(Cause.CRASH_LOOP_BACK_OFF))
                .containsExactly(Treatment.ROLL_BACK, Treatment.RESTART_POD, Treatment.ROLLING_RESTART);
        assertThat(treatments(Cause.ROLLOUT_STUCK)).containsExactly(Treatment.ROLL_BACK);
        assertThat(Strategies.DEFAULTS.of(Cause.POD_UNSCHEDULABLE).ladder()).isEmpty();
    }

    @Test
    void whatIsNamedIsReplacedAndTheRestStaysAsItWas() {
        Strategies own = Strategies.parse("""
                - for: [PodNotReady, PodFailed]
                  patience: 7
                  dryRun: true
                  ladder:
                    - do: RestartPod
                      attempts: 2
                      delay: 5
                      backoff: 1.5
                      maxDelay: 60
                      jitter: 0
                    - do: RollingRestart
                      unless: repeating
                """);
        assertThat(own.of(Cause.POD_FAILED))
                .isEqualTo(new Strategy(
                        List.of(
                                new Rung(
                                        Treatment.RESTART_POD,
                                        2,
                                        Duration.ofSeconds(5),
                                        1.5,
                                        Duration.ofMinutes(1),
                                        0,
                                        false),
                                new Rung(Treatment.ROLLING_RESTART, null, null, 2, Duration.ofMinutes(5), 0.1, true)),
                        Duration.ofSeconds(7),
                        true));
        assertThat(own.of(Cause.POD_NOT_READY)).isEqualTo(own.of(Cause.POD_FAILED));
        assertThat(own.of(Cause.OOM_KILLED)).isEqualTo(Strategies.DEFAULTS.of(Cause.OOM_KILLED));
        assertThat(Strategies.parse("")).isEqualTo(Strategies.DEFAULTS);
    }

    @Test
    void unknownDiagnosisAndUnknownActionAreRefusedByPlaceWithWhatWouldBeRight() {
        refused(
                "- for: PodNotReady\n  ladder: []\n- for: PodUnhappy\n  ladder: []",
                "line 3, column 8: no diagnosis is called 'PodUnhappy' (allowed: PodNotReady, OOMKilled");
        refused(
                "- for: PodNotReady\n  ladder:\n    - do: Pray",
                "line 3, column 11: no action is called 'Pray' (allowed: RestartPod, ForceDeletePod");
    }

    @Test
    void overlappingLaddersAreRefusedWithBothPlaces() {
        refused(
                "- for: [PodNotReady, OOMKilled]\n  ladder: []\n- for: [PodFailed, OOMKilled]\n  ladder: []",
                "line 3, column 20: ladders overlap: OOMKilled has one already, at line 1, column 22");
        refused("- for: [PodFailed, PodFailed]\n  ladder: []", "line 1, column 20: ladders overlap");
    }

    @Test
    void anActionThatCanDoNothingAboutTheDiagnosisIsRefused() {
        refused(
                "- for: RolloutStuck\n  ladder: [{do: RestartPod}]",
                "line 2, column 17: RestartPod can do nothing about RolloutStuck");
    }

    @Test
    void whatIsMissingMisspeltTwiceOrOutOfRangeIsRefused() {
        refused("- for: PodFailed", "line 1, column 3: 'ladder' is missing");
        refused("- ladder: []", "line 1, column 3: 'for' is missing");
        refused("- for: []\n  ladder: []", "names no diagnosis");
        refused("- for: PodFailed\n  lader: []", "line 2, column 3: no key is called 'lader' (allowed: for, ");
        refused("- for: PodFailed\n  for: PodFailed\n  ladder: []", "line 2, column 3: 'for' stands here twice");
        refused("- 5", "line 1, column 3: expected a strategy");
        refused("- for: {a: b}\n  ladder: []", "expected a single value");
        refused("- for: PodFailed\n  ladder: [{attempts: 1}]", "'do' is missing");
        refused("- for: PodFailed\n  dryRun: maybe\n  ladder: []", "'dryRun' is 'maybe' (allowed: true or false)");
        rung("attempts: 0", "'attempts' is '0' (allowed: a whole number from 1 to 20)");
        rung("attempts: 21", "(allowed: a whole number from 1 to 20)");
        rung("attempts: 1.5", "(allowed: a whole number from 1 to 20)");
        rung("delay: 3601", "(allowed: a whole number from 1 to 3600)");
        rung("backoff: 0.9", "(allowed: a number from 1 to 10)");
        rung("jitter: 1.1", "(allowed: a number from 0 to 1)");
        rung("jitter: NaN", "(allowed: a number from 0 to 1)");
        rung("unless: raining", "'unless' is 'raining' (allowed: repeating)");
    }

    @Test
    void whatIsNoYamlIsRefusedByItsPlace() {
        refused("- for: [PodFailed\n  ladder: ]", "line 2, column 9: not YAML: ");
        refused("a: &x [*x]\n--- b", "not YAML: ");
        refused("- ".repeat(60_000), "longer than 100000 characters");
    }

    @Test
    void theConfigurationNamesKeyLineAndReason() {
        assertThatThrownBy(() -> HealerConfig.of(Map.of("strategies", "\n\n- for: Nothing\n  ladder: []")))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageStartingWith("Invalid configuration for strategies: line 3, column 8: no diagnosis");
    }

    private static void rung(String setting, String reason) {
        refused("- for: PodFailed\n  ladder: [{do: RestartPod, " + setting + "}]", "line 2, column ");
        refused("- for: PodFailed\n  ladder: [{do: RestartPod, " + setting + "}]", reason);
    }

    private static void refused(String yaml, String reason) {
        assertThatThrownBy(() -> Strategies.parse(yaml))
                .as(yaml.length() < 200 ? yaml : "long")
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining(reason);
    }

    private static List<Treatment> treatments(Cause cause) {
        return Strategies.DEFAULTS.of(cause).ladder().stream()
                .map(Rung::treatment)
                .toList();
    }
}
