package dev.kintsugi.sample;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * What {@code GET /metrics} tells Prometheus: {@code http_requests_total} and {@code http_request_duration_seconds} by
 * {@code method}, {@code path} and {@code code}; {@code sample_restarts_total}, {@code sample_ready},
 * {@code sample_requests_in_flight}, {@code sample_fault_active} by {@code fault}, {@code sample_leaked_bytes};
 * {@code process_*} (resident memory and CPU among them) and {@code jvm_*}.
 */
final class Metrics {

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder()
            .name("http_requests_total")
            .help("Requests answered.")
            .labelNames("method", "path", "code")
            .withoutExemplars()
            .register(registry);
    private final Histogram durations = Histogram.builder()
            .name("http_request_duration_seconds")
            .help("Time from the request's receipt to the end of its answer.")
            .unit(Unit.SECONDS)
            .labelNames("method", "path", "code")
            .classicOnly()
            .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
            .withoutExemplars()
            .register(registry);
    private boolean jvmRegistered;

    /** @param path one of a bounded number, as is {@code method} */
    void answered(String method, String path, int code, long nanos) {
        String status = Integer.toString(code);
        requests.labelValues(method, path, status).inc();
        durations.labelValues(method, path, status).observe(nanos / 1e9);
    }

    void watch(int restarts, BooleanSupplier ready, Gateway gateway, Effects effects) {
        CounterWithCallback.builder()
                .name("sample_restarts_total")
                .help("Restarts of this container seen since its STATE_DIR is there; 0 without STATE_DIR.")
                .callback(it -> it.call(restarts))
                .register(registry);
        GaugeWithCallback.builder()
                .name("sample_ready")
                .help("1 when GET /ready answers 200.")
                .callback(it -> it.call(ready.getAsBoolean() ? 1 : 0))
                .register(registry);
        GaugeWithCallback.builder()
                .name("sample_requests_in_flight")
                .help("Requests received and not yet answered.")
                .callback(it -> it.call(gateway.inFlight()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("sample_fault_active")
                .help("1 when this kind of fault is switched on.")
                .labelNames("fault")
                .callback(it -> effects.active().forEach((fault, on) -> it.call(on ? 1 : 0, fault)))
                .register(registry);
        GaugeWithCallback.builder()
                .name("sample_leaked_bytes")
                .help("Memory held by the memory-leak fault.")
                .unit(Unit.BYTES)
                .callback(it -> it.call((double) effects.leak().bytes()))
                .register(registry);
    }

    /** @param accept the request's {@code Accept}, which chooses between the Prometheus text and the OpenMetrics format */
    Answer scrape(String accept) {
        registerJvmOnce();
        ExpositionFormats formats = ExpositionFormats.init();
        ExpositionFormatWriter wanted = formats.findWriter(accept);
        ExpositionFormatWriter writer = wanted.isAvailable() ? wanted : formats.getPrometheusTextFormatWriter();
        ByteArrayOutputStream text = new ByteArrayOutputStream(16_384);
        try {
            writer.write(text, registry.scrape());
        } catch (IOException cannotBeInMemory) {
            throw new UncheckedIOException(cannotBeInMemory);
        }
        return Answer.of(200, writer.getContentType(), text.toString(StandardCharsets.UTF_8));
    }

    /** Only with the first scrape: the management beans would make the start slower. */
    private synchronized void registerJvmOnce() {
        if (!jvmRegistered) {
            JvmMetrics.builder().register(registry);
            jvmRegistered = true;
        }
    }
}
