package dev.kintsugi.healer;

import dev.kintsugi.healer.cluster.Actuator;
import dev.kintsugi.healer.cluster.Observer;
import dev.kintsugi.healer.cluster.Prober;
import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.journal.Journal;
import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.ProbeResult;
import dev.kintsugi.healer.model.Step;
import dev.kintsugi.healer.policy.Assessment;
import dev.kintsugi.healer.policy.Circumstances;
import dev.kintsugi.healer.policy.Diagnoser;
import dev.kintsugi.healer.policy.Planner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The loop. An event or a timer brings a target to it; it has the target observed and diagnosed, lets the planner take a
 * step, and carries the step out: first the journal, then the action, then the notices. Decisions are made one at a time,
 * on one thread; effects run beside it, at most one per target, and what comes of them comes back as an input.
 */
final class Loop implements Observer.Listener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final int EFFECT_THREADS = 16;
    private static final Duration JOURNAL_RETRY = Duration.ofSeconds(1);

    private final Journal journal;
    private final Actuator actuator;
    private final Prober prober;
    private final Consumer<Notice> notices;
    private final Metrics metrics;
    private final InstantSource clock;
    private final Ledger ledger = new Ledger();
    private final Map<String, Long> waiting = new ConcurrentHashMap<>();
    private final Map<String, ScheduledFuture<?>> timers = new HashMap<>();
    private final Map<String, ProbeResult> answers = new HashMap<>();
    private final Set<String> asking = new HashSet<>();
    private final Set<String> busy = new HashSet<>();
    private final Set<String> changedWhileBusy = new HashSet<>();
    private final ScheduledThreadPoolExecutor thread;
    private final ExecutorService effects;
    private final AtomicInteger openIncidents = new AtomicInteger();

    private volatile boolean begun;
    private volatile Instant lastBeat;
    private volatile HealerConfig config = HealerConfig.DEFAULTS;
    private Diagnoser diagnoser = new Diagnoser(config);
    private Planner planner = new Planner(config);
    private @Nullable Observer observer;

    Loop(
            Journal journal,
            Actuator actuator,
            Prober prober,
            Consumer<Notice> notices,
            java.util.function.Function<Loop, Metrics> metrics,
            InstantSource clock) {
        this.journal = journal;
        this.actuator = actuator;
        this.prober = prober;
        this.notices = notices;
        this.clock = clock;
        this.lastBeat = clock.instant();
        this.metrics = metrics.apply(this);
        this.thread = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "healer-loop"));
        this.thread.setRemoveOnCancelPolicy(true);
        AtomicInteger number = new AtomicInteger();
        this.effects = Executors.newFixedThreadPool(
                EFFECT_THREADS, task -> daemon(task, "healer-effect-" + number.incrementAndGet()));
    }
}
