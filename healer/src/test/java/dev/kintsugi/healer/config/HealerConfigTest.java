package dev.kintsugi.healer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.kintsugi.healer.model.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class HealerConfigTest {

    @Test
    void documentedDefaults() {
        assertThat(HealerConfig.DEFAULTS)
                .isEqualTo(new HealerConfig(
                        Duration.ofSeconds(30),
                        3,
                        5,
                        Duration.ofMinutes(5),
                        true,
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(3),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        10,
                        false,
                        Set.of("kube-system", "kube-public", "kube-node-lease", "chaos-mesh", "self-healing"),
                        Duration.ofSeconds(30),
                        3,
                        Duration.ofSeconds(15),
                        true,
                        5,
                        Duration.ofSeconds(1),
                        5,
                        Duration.ofHours(24),
                        false,
                        10,
                        50,
                        60,
                        50,
                        10,
                        Instant.EPOCH,
                        Strategies.DEFAULTS,
                        Set.of(
                                "KernelDeadlock",
                                "ReadonlyFilesystem",
                                "FrequentKubeletRestart",
                                "FrequentDockerRestart",
                                "FrequentContainerdRestart",
                                "FrequentUnregisterNetDevice",
                                "CorruptDockerOverlay2",
                                "KubeletUnhealthy",
                                "ContainerRuntimeUnhealthy",
                                "XfsShutdown",
                                "CperHardwareErrorFatal")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mapping")
    void eachKeyMapsToItsSetting(String key, String text, Function<HealerConfig, Object> setting, Object value) {
        HealerConfig config = HealerConfig.of(Map.of(key, text));
        assertThat(setting.apply(config)).isEqualTo(value).isNotEqualTo(setting.apply(HealerConfig.DEFAULTS));
    }

    static Stream<Arguments> mapping() {
        return Stream.of(
                key("health_check_interval", "11", HealerConfig::healthCheckInterval, Duration.ofSeconds(11)),
                key("node_failure_threshold", "7", HealerConfig::nodeFailureThreshold, 7),
                key("pod_restart_threshold", "8", HealerConfig::podRestartThreshold, 8),
                key("recovery_timeout", "61", HealerConfig::recoveryTimeout, Duration.ofSeconds(61)),
                key("notification_enabled", "False", HealerConfig::notificationEnabled, false),
                key("pod_not_ready_threshold", "2", HealerConfig::podNotReadyThreshold, Duration.ofSeconds(2)),
                key("pod_startup_threshold", "3", HealerConfig::podStartupThreshold, Duration.ofSeconds(3)),
                key(
                        "pod_stuck_terminating_threshold",
                        "9",
                        HealerConfig::podStuckTerminatingThreshold,
                        Duration.ofSeconds(9)),
                key("restart_window", "30", HealerConfig::restartWindow, Duration.ofSeconds(30)),
                key("stable_for", "1", HealerConfig::stableFor, Duration.ofSeconds(1)),
                key("cooldown", "0", HealerConfig::cooldown, Duration.ZERO),
                key("max_concurrent_actions", "2", HealerConfig::maxConcurrentActions, 2),
                key("dry_run", "TRUE", HealerConfig::dryRun, true),
                key("protected_namespaces", " a, b-1 ,", HealerConfig::protectedNamespaces, Set.of("a", "b-1")),
                key("attempt_delay", "5", HealerConfig::attemptDelay, Duration.ofSeconds(5)),
                key("max_attempts", "1", HealerConfig::maxAttempts, 1),
                key("max_observation_age", "16", HealerConfig::maxObservationAge, Duration.ofSeconds(16)),
                key("verification_probes", "false", HealerConfig::verificationProbes, false),
                key("verification_requests", "6", HealerConfig::verificationRequests, 6),
                key("response_time_threshold", "250", HealerConfig::responseTimeThreshold, Duration.ofMillis(250)),
                key("error_rate_threshold", "10", HealerConfig::errorRateThreshold, 10),
                key("recovery_history", "60", HealerConfig::recoveryHistory, Duration.ofMinutes(1)),
                key("paused", "true", HealerConfig::paused, true),
                key("storm_breaker_count", "3", HealerConfig::stormBreakerCount, 3),
                key("storm_breaker_share", "20", HealerConfig::stormBreakerShare, 20),
                key("max_actions_per_minute", "2", HealerConfig::maxActionsPerMinute, 2),
                key("success_floor", "0", HealerConfig::successFloor, 0),
                key("success_sample", "4", HealerConfig::successSample, 4),
                key(
                        "trust_since",
                        "2026-01-31T12:00:00Z",
                        HealerConfig::trustSince,
                        Instant.parse("2026-01-31T12:00:00Z")),
                key("node_problem_conditions", "A, b/C", HealerConfig::nodeProblemConditions, Set.of("A", "b/C")),
                key(
                        "strategies",
                        "[{for: PodNotReady, ladder: []}]",
                        c -> c.strategies().of(Cause.POD_NOT_READY).ladder(),
                        List.of()));
    }

    @Test
    void noKeyIsLeftOut() {
        Set<String> mapped = mapping().map(a -> (String) a.get()[0]).collect(Collectors.toSet());
        assertThat(Setting.ALL.stream().map(Setting::key)).containsExactlyInAnyOrderElementsOf(mapped);
        assertThat(HealerConfig.class.getRecordComponents()).hasSameSizeAs(Setting.ALL);
    }

    @ParameterizedTest
    @CsvSource({
        "health_check_interval,9,10,300,301",
        "node_failure_threshold,0,1,10,11",
        "pod_restart_threshold,0,1,20,21",
        "recovery_timeout,59,60,1800,1801",
        "pod_not_ready_threshold,0,1,3600,3601",
        "stable_for,0,1,600,601",
        "response_time_threshold,0,1,60000,60001",
        "error_rate_threshold,-1,0,100,101"
    })
    void rangesIncludeTheirEnds(String key, String below, String lowest, String highest, String above) {
        HealerConfig.of(Map.of(key, lowest));
        HealerConfig.of(Map.of(key, highest));
        for (String bad : Set.of(below, above, "", "ten", "1.5")) {
            assertThatThrownBy(() -> HealerConfig.of(Map.of(key, bad)))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageStartingWith("Invalid configuration for " + key + ": " + bad + " (allowed: " + lowest
                            + " to " + highest);
        }
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertThatThrownBy(() -> HealerConfig.of(
                        Map.of("dry_run", "perhaps", "cooldown", "-1", "protected_namespaces", "Not/AName")))
                .hasMessageContaining("Invalid configuration for dry_run: perhaps (allowed: true or false)")
                .hasMessageContaining("Invalid configuration for cooldown: -1 (allowed: 0 to 3600 seconds)")
                .hasMessageContaining("Invalid configuration for protected_namespaces: Not/AName");
    }

    @Test
    void unknownKeysAreNamedAndHarmless() {
        Map<String, String> data = Map.of("stable_four", "3", "stable_for", "3");
        assertThat(HealerConfig.unknownKeys(data)).containsExactly("stable_four");
        assertThat(HealerConfig.of(data).stableFor()).isEqualTo(Duration.ofSeconds(3));
    }

    private static Arguments key(String key, String text, Function<HealerConfig, Object> setting, Object value) {
        return arguments(key, text, setting, value);
    }
}
