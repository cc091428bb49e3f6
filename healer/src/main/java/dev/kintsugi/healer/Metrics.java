package dev.kintsugi.healer;

import dev.kintsugi.healer.model.Attempt;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Phase;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.IntSupplier;

/** What the healer counts and measures, and its own CPU and memory. */
final class Metrics {

    private static final double[] SECONDS = {
        .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter detections = counter("detections", "Failures detected.", "cause");
    private final Counter actions = counter("actions", "Actions taken, by what came of them.", "action", "result");
    private final Counter verified = counter("verified", "Recoveries verified good after an action.", "cause");
    private final Counter untouched = counter("untouched", "Recoveries good again before any action.", "cause");
    private final Counter gaveUp = counter("gave_up", "Recoveries given up.", "cause");
    private final Counter refused =
            counter("actions_refused", "Actions stopped, by guard, once per recovery.", "guard");
    private final Counter unsent = counter("notification_failures", "Notices that could not be told.", "notifier");
    private final Counter unwritten = counter("journal_failures", "Writes to the journal that failed.");
    private final Counter rejected = counter("config_rejected", "Configurations refused.");
    private final Counter broken = counter("loop_failures", "Passes of the loop that ended in a defect.");
    private final Histogram toDetect = histogram(
            "time_to_detect", "From onset, of which Kubernetes tells only the second, to detection.", "cause");
    private final Histogram toAct = histogram("time_to_act", "From detection to the first action's answer.", "cause");
    private final Histogram toVerify = histogram("time_to_verify", "From the first action to verified good.", "cause");
    private final Histogram reaction =
            histogram("reaction", "From the event that led to an action, or its timer, to the action's decision.");

    Metrics() {
        JvmMetrics.builder().register(registry);
    }

    /** Shows the state of the loop, too. */
    void watch(IntSupplier queueDepth, IntSupplier openIncidents) {
        gauge("queue_depth", "Targets that wait to be looked at.", queueDepth);
        gauge("open_recoveries", "Recoveries that are open.", openIncidents);
    }

    PrometheusRegistry registry() {
        return registry;
    }

    void detected(Incident incident) {
        detections.labelValues(incident.cause()).inc();
        observe(toDetect, incident.onset(), incident.detectedAt(), incident.cause());
    }

    void acted(Incident incident, Attempt attempt, Instant now) {
        actions.labelValues(attempt.action(), attempt.result().name().toLowerCase(Locale.ROOT))
                .inc();
        if (incident.attempts().size() == 1) {
            observe(toAct, incident.detectedAt(), now, incident.cause());
        }
    }

    void closed(Incident incident) {
        Instant closedAt = incident.closedAt();
        Instant actedAt = incident.actedAt();
        if (incident.phase() == Phase.HEALED) {
            verified.labelValues(incident.cause()).inc();
            if (closedAt != null && actedAt != null) {
                observe(toVerify, actedAt, closedAt, incident.cause());
            }
        } else if (incident.phase() == Phase.UNTOUCHED) {
            untouched.labelValues(incident.cause()).inc();
        } else {
            gaveUp.labelValues(incident.cause()).inc();
        }
    }

    void refused(String guard) {
        refused.labelValues(guard).inc();
    }

    void notificationFailed(String notifier) {
        unsent.labelValues(notifier).inc();
    }

    void journalFailed() {
        unwritten.inc();
    }

    void configRejected() {
        rejected.inc();
    }

    void loopFailed() {
        broken.inc();
    }

    void reacted(Duration took) {
        reaction.observe(took.toNanos() / 1e9);
    }

    private static void observe(Histogram histogram, Instant from, Instant to, String cause) {
        histogram
                .labelValues(cause)
                .observe(Math.max(0, Duration.between(from, to).toNanos() / 1e9));
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name("kintsugi_healer_" + name + "_total")
                .help(help)
                .labelNames(labels)
                .register(registry);
    }

    private Histogram histogram(String name, String help, String... labels) {
        return Histogram.builder()
                .name("kintsugi_healer_" + name + "_seconds")
                .help(help)
                .labelNames(labels)
                .classicUpperBounds(SECONDS)
                .register(registry);
    }

    private void gauge(String name, String help, IntSupplier value) {
        GaugeWithCallback.builder()
                .name("kintsugi_healer_" + name)
                .help(help)
                .callback(c -> c.call(value.getAsInt()))
                .register(registry);
    }
}
