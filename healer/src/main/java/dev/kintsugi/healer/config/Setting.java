package dev.kintsugi.healer.config;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One setting: its key, default, allowed values, and how it is read.
 *
 * @param key in the ConfigMap
 * @param fallback the default, as one would write it
 * @param allowed for people: range and unit
 * @param parser gives null, or throws {@link IllegalArgumentException}, for what is not allowed
 */
public record Setting<T>(String key, String fallback, String allowed, Parser<T> parser) {

    static final Setting<Duration> HEALTH_CHECK_INTERVAL = seconds("health_check_interval", 30, 10, 300);
    static final Setting<Integer> NODE_FAILURE_THRESHOLD = number("node_failure_threshold", 3, 1, 10);
    static final Setting<Integer> POD_RESTART_THRESHOLD = number("pod_restart_threshold", 5, 1, 20);
    static final Setting<Duration> RECOVERY_TIMEOUT = seconds("recovery_timeout", 300, 60, 1800);
    static final Setting<Boolean> NOTIFICATION_ENABLED = flag("notification_enabled", true);
    static final Setting<Duration> POD_NOT_READY_THRESHOLD = seconds("pod_not_ready_threshold", 120, 1, 3600);
    static final Setting<Duration> POD_STARTUP_THRESHOLD = seconds("pod_startup_threshold", 180, 1, 3600);
    static final Setting<Duration> POD_STUCK_TERMINATING_THRESHOLD =
            seconds("pod_stuck_terminating_threshold", 60, 1, 3600);
    static final Setting<Duration> RESTART_WINDOW = seconds("restart_window", 300, 10, 3600);
    static final Setting<Duration> STABLE_FOR = seconds("stable_for", 10, 1, 600);
    static final Setting<Duration> COOLDOWN = seconds("cooldown", 60, 0, 3600);
    static final Setting<Integer> MAX_CONCURRENT_ACTIONS = number("max_concurrent_actions", 10, 1, 100);
    static final Setting<Boolean> DRY_RUN = flag("dry_run", false);
    static final Setting<Set<String>> PROTECTED_NAMESPACES =
            names("protected_namespaces", "kube-system,kube-public,kube-node-lease,chaos-mesh,self-healing");
    static final Setting<Duration> ATTEMPT_DELAY = seconds("attempt_delay", 30, 1, 600);
    static final Setting<Integer> MAX_ATTEMPTS = number("max_attempts", 3, 1, 10);
    static final Setting<Duration> MAX_OBSERVATION_AGE = seconds("max_observation_age", 15, 1, 300);
    static final Setting<Boolean> VERIFICATION_PROBES = flag("verification_probes", true);
    static final Setting<Integer> VERIFICATION_REQUESTS = number("verification_requests", 5, 1, 20);
    static final Setting<Duration> RESPONSE_TIME_THRESHOLD = new Setting<>(
            "response_time_threshold",
            "1000",
            "1 to 60000 milliseconds",
            text -> Duration.ofMillis(inRange(Integer.parseInt(text.trim()), 1, 60_000)));
    static final Setting<Integer> ERROR_RATE_THRESHOLD = new Setting<>(
            "error_rate_threshold", "5", "0 to 100 percent", text -> inRange(Integer.parseInt(text.trim()), 0, 100));

    static final Setting<Boolean> PAUSED = flag("paused", false);
    static final Setting<Integer> STORM_BREAKER_COUNT = number("storm_breaker_count", 10, 1, 10_000);
    static final Setting<Integer> STORM_BREAKER_SHARE = number("storm_breaker_share", 50, 1, 100);
    static final Setting<Integer> MAX_ACTIONS_PER_MINUTE = number("max_actions_per_minute", 60, 1, 1000);
    static final Setting<Integer> SUCCESS_FLOOR = number("success_floor", 50, 0, 100);
    static final Setting<Integer> SUCCESS_SAMPLE = number("success_sample", 10, 1, 20);
    static final Setting<Instant> TRUST_SINCE = new Setting<>(
            "trust_since", "1970-01-01T00:00:00Z", "a time such as 2026-01-31T12:00:00Z", Setting::instant);
    static final Setting<Strategies> STRATEGIES =
            new Setting<>("strategies", "", "a list of strategies, as in strategies.yaml", Strategies::parse);
    static final Setting<Set<String>> NODE_PROBLEM_CONDITIONS = new Setting<>(
            "node_problem_conditions",
            "KernelDeadlock,ReadonlyFilesystem,FrequentKubeletRestart,FrequentDockerRestart,FrequentContainerdRestart,"
                    + "FrequentUnregisterNetDevice,CorruptDockerOverlay2,KubeletUnhealthy,ContainerRuntimeUnhealthy,"
                    + "XfsShutdown,CperHardwareErrorFatal",
            "types of node conditions separated by commas, or nothing",
            Setting::conditions);
    static final Setting<Duration> RECOVERY_HISTORY = seconds("recovery_history", 86_400, 60, 2_592_000);

    /** Every setting, in the order of {@link HealerConfig}. */
    public static final List<Setting<?>> ALL = List.of(
            HEALTH_CHECK_INTERVAL,
            NODE_FAILURE_THRESHOLD,
            POD_RESTART_THRESHOLD,
            RECOVERY_TIMEOUT,
            NOTIFICATION_ENABLED,
            POD_NOT_READY_THRESHOLD,
            POD_STARTUP_THRESHOLD,
            POD_STUCK_TERMINATING_THRESHOLD,
            RESTART_WINDOW,
            STABLE_FOR,
            COOLDOWN,
            MAX_CONCURRENT_ACTIONS,
            DRY_RUN,
            PROTECTED_NAMESPACES,
            ATTEMPT_DELAY,
            MAX_ATTEMPTS,
            MAX_OBSERVATION_AGE,
            VERIFICATION_PROBES,
            VERIFICATION_REQUESTS,
            RESPONSE_TIME_THRESHOLD,
            ERROR_RATE_THRESHOLD,
            RECOVERY_HISTORY,
            PAUSED,
            STORM_BREAKER_COUNT,
            STORM_BREAKER_SHARE,
            MAX_ACTIONS_PER_MINUTE,
            SUCCESS_FLOOR,
            SUCCESS_SAMPLE,
            TRUST_SINCE,
            STRATEGIES,
            NODE_PROBLEM_CONDITIONS);

    private static final int MAX_SHOWN = 60;

    /** Turns text into a value. */
    @FunctionalInterface
    public interface Parser<T> {
        /**
         * Reads text as it stands in the ConfigMap.
         *
         * @throws IllegalArgumentException if it is not allowed
         */
        T parse(String text);
    }

    /** Reads settings from a ConfigMap's data and collects what is wrong. */
    record Reader(Map<String, String> data, List<String> problems) {

        <T> T of(Setting<T> setting) {
            @Nullable String text = data.get(setting.key);
            if (text != null) {
                try {
                    return setting.parser.parse(text);
                } catch (InvalidPolicyException e) {
                    problems.add("Invalid configuration for %s: %s".formatted(setting.key, e.getMessage()));
                } catch (IllegalArgumentException e) {
                    problems.add("Invalid configuration for %s: %s (allowed: %s)"
                            .formatted(setting.key, shortened(text), setting.allowed));
                }
            }
            return setting.parser.parse(setting.fallback);
        }

        private static String shortened(String text) {
            return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
        }
    }

    private static Setting<Duration> seconds(String key, int fallback, int min, int max) {
        return new Setting<>(
                key,
                Integer.toString(fallback),
                min + " to " + max + " seconds",
                text -> Duration.ofSeconds(inRange(Integer.parseInt(text.trim()), min, max)));
    }

    private static Setting<Integer> number(String key, int fallback, int min, int max) {
        return new Setting<>(
                key,
                Integer.toString(fallback),
                min + " to " + max,
                text -> inRange(Integer.parseInt(text.trim()), min, max));
    }

    private static Setting<Boolean> flag(String key, boolean fallback) {
        return new Setting<>(key, Boolean.toString(fallback), "true or false", text -> switch (text.trim()
                .toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        });
    }

    private static Setting<Set<String>> names(String key, String fallback) {
        return new Setting<>(
                key, fallback, "namespace names separated by commas, or nothing", text -> Arrays.stream(text.split(","))
                        .map(String::trim)
                        .filter(name -> !name.isEmpty())
                        .map(Setting::namespace)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private static String namespace(String name) {
        if (!name.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
            throw new IllegalArgumentException(name);
        }
        return name;
    }

    private static Set<String> conditions(String text) {
        Set<String> types = Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(type -> !type.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        if (!types.stream().allMatch(type -> type.matches("[A-Za-z][A-Za-z0-9._/-]{0,62}"))) {
            throw new IllegalArgumentException(text);
        }
        return types;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text.trim());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static int inRange(int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(Integer.toString(value));
        }
        return value;
    }
}
