package dev.kintsugi.sample;

import java.time.Duration;
import java.util.List;

/** A share of {@code GET /} is served later by a fixed delay; probes and metrics are not. */
record Latency(Duration delay, Draw draw, Duration duration) implements Fault {

    private static final Parameter<Duration> DELAY =
            Parameter.duration("delay", "how much later the request is served", "1ms", "5m", "1s");
    private static final Parameter<Double> SHARE = Parameter.share("share", "the share of requests that are late", "1");
    private static final Parameter<Long> SEED = Parameter.seed("seed", "which requests are late");
    private static final Parameter<Duration> DURATION = Fault.duration();

    static final Kind KIND = new Kind(
            "latency",
            "serves a share of GET / later",
            List.of(DELAY, SHARE, DURATION, SEED),
            given -> new Latency(given.get(DELAY), new Draw(given.get(SHARE), given.get(SEED)), given.get(DURATION)));

    @Override
    public void switchOn(Effects effects) {
        effects.latency().put(this, duration);
    }
}
