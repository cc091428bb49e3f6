package dev.kintsugi.healer.config;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every setting of the healer. The keys are those of the ConfigMap {@code self-healing-config}; an absent key means its
 * default. Keys, defaults, ranges and units stand together in the constants of {@link Setting}.
 *
 * @param healthCheckInterval how often every object is looked at again, besides at once when it changes
 * @param nodeFailureThreshold after how many health checks in a row without it a node counts as gone
 * @param podRestartThreshold more restarts than this within {@code restartWindow} are a crash loop
 * @param recoveryTimeout from detection until the healer gives up
 * @param notificationEnabled whether recoveries are told to the notifiers (Kubernetes Events); the journal is always kept
 * @param podNotReadyThreshold how long a running pod that was ready may be not ready
 * @param podStartupThreshold how long a running pod may take to become ready, beyond the start-up that its probes grant it
 * @param podStuckTerminatingThreshold how long a pod may outlive the end of its grace period
 * @param restartWindow the time within which restarts are counted
 * @param stableFor how long everything must be good before a recovery counts
 * @param cooldown how long a target, or what came in its place, is left alone by further recoveries
 * @param maxConcurrentActions how many recoveries may be acted on and not verified yet
 * @param dryRun decide and say, but do nothing
 * @param protectedNamespaces where nothing is ever done
 * @param attemptDelay after the first attempt on a rung that does not say how long
 * @param maxAttempts on a rung that does not say how often
 * @param maxObservationAge nothing is done on a view of the cluster older than this
 * @param verificationProbes whether connectivity and performance are verified by requests from the healer to the pod
 * @param verificationRequests how many requests performance is judged by
 * @param responseTimeThreshold the slowest of them may take
 * @param errorRateThreshold share of them that may fail, in percent
 * @param recoveryHistory how long a closed Recovery is kept
 * @param paused decide and say, but do nothing in the whole cluster until it is false again
 * @param stormBreakerCount more ill targets than this, if they are also more than the share, and nothing is done
 * @param stormBreakerShare see {@code stormBreakerCount}; percent of the pods of a namespace or of the cluster
 * @param maxActionsPerMinute how many actions may be taken within any minute
 * @param successFloor an action of whose outcomes a smaller share is verified good is not taken any more, in percent; 0:
 *     every action is trusted
 * @param successSample by how many outcomes at least an action is judged
 * @param trustSince outcomes from before do not count: set it to the present to have distrusted actions taken again
 * @param strategies what is done about each diagnosis
 * @param nodeProblemConditions the node conditions that mean trouble when they are True, as node-problem-detector sets them
 */
public record HealerConfig(
        Duration healthCheckInterval,
        int nodeFailureThreshold,
        int podRestartThreshold,
        Duration recoveryTimeout,
        boolean notificationEnabled,
        Duration podNotReadyThreshold,
        Duration podStartupThreshold,
        Duration podStuckTerminatingThreshold,
        Duration restartWindow,
        Duration stableFor,
        Duration cooldown,
        int maxConcurrentActions,
        boolean dryRun,
        Set<String> protectedNamespaces,
        Duration attemptDelay,
        int maxAttempts,
        Duration maxObservationAge,
        boolean verificationProbes,
        int verificationRequests,
        Duration responseTimeThreshold,
        int errorRateThreshold,
        Duration recoveryHistory,
        boolean paused,
        int stormBreakerCount,
        int stormBreakerShare,
        int maxActionsPerMinute,
        int successFloor,
        int successSample,
        Instant trustSince,
        Strategies strategies,
        Set<String> nodeProblemConditions) {

    /** What is in force where nothing is configured. */
    public static final HealerConfig DEFAULTS = of(Map.of());

    /** Makes the sets unmodifiable. */
    public HealerConfig {
        protectedNamespaces = Set.copyOf(protectedNamespaces);
        nodeProblemConditions = Set.copyOf(nodeProblemConditions);
    }

    /**
     * Reads a ConfigMap's data. Keys that no setting has are left alone; {@link #unknownKeys} names them.
     *
     * @throws InvalidConfigurationException naming every bad value, if there is one
     */
    public static HealerConfig of(Map<String, String> data) {
        List<String> problems = new ArrayList<>();
        Setting.Reader read = new Setting.Reader(data, problems);
        HealerConfig config = new HealerConfig(
                read.of(Setting.HEALTH_CHECK_INTERVAL),
                read.of(Setting.NODE_FAILURE_THRESHOLD),
                read.of(Setting.POD_RESTART_THRESHOLD),
                read.of(Setting.RECOVERY_TIMEOUT),
                read.of(Setting.NOTIFICATION_ENABLED),
                read.of(Setting.POD_NOT_READY_THRESHOLD),
                read.of(Setting.POD_STARTUP_THRESHOLD),
                read.of(Setting.POD_STUCK_TERMINATING_THRESHOLD),
                read.of(Setting.RESTART_WINDOW),
                read.of(Setting.STABLE_FOR),
                read.of(Setting.COOLDOWN),
                read.of(Setting.MAX_CONCURRENT_ACTIONS),
                read.of(Setting.DRY_RUN),
                read.of(Setting.PROTECTED_NAMESPACES),
                read.of(Setting.ATTEMPT_DELAY),
                read.of(Setting.MAX_ATTEMPTS),
                read.of(Setting.MAX_OBSERVATION_AGE),
                read.of(Setting.VERIFICATION_PROBES),
                read.of(Setting.VERIFICATION_REQUESTS),
                read.of(Setting.RESPONSE_TIME_THRESHOLD),
                read.of(Setting.ERROR_RATE_THRESHOLD),
                read.of(Setting.RECOVERY_HISTORY),
                read.of(Setting.PAUSED),
                read.of(Setting.STORM_BREAKER_COUNT),
                read.of(Setting.STORM_BREAKER_SHARE),
                read.of(Setting.MAX_ACTIONS_PER_MINUTE),
                read.of(Setting.SUCCESS_FLOOR),
                read.of(Setting.SUCCESS_SAMPLE),
                read.of(Setting.TRUST_SINCE),
                read.of(Setting.STRATEGIES),
                read.of(Setting.NODE_PROBLEM_CONDITIONS));
        if (!problems.isEmpty()) {
            throw new InvalidConfigurationException(problems);
        }
        return config;
    }

    /** The keys that no setting has, sorted: most likely misspelt. */
    public static Set<String> unknownKeys(Map<String, String> data) {
        Set<String> unknown = new TreeSet<>(data.keySet());
        Setting.ALL.forEach(setting -> unknown.remove(setting.key()));
        return unknown;
    }
}
