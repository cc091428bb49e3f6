package dev.kintsugi.sample;

import java.time.Duration;
import java.util.List;

/** A share of {@code GET /} is answered 500 instead of being served; probes and metrics are not. */
record Errors(Draw draw, Duration duration) implements Fault {

    private static final Parameter<Double> SHARE = Parameter.share("share", "the share of requests that fail", "1");
    private static final Parameter<Long> SEED = Parameter.seed("seed", "which requests fail");
    private static final Parameter<Duration> DURATION = Fault.duration();

    static final Kind KIND = new Kind(
            "errors",
            "answers a share of GET / with 500",
            List.of(SHARE, DURATION, SEED),
            given -> new Errors(new Draw(given.get(SHARE), given.get(SEED)), given.get(DURATION)));

    @Override
    public void switchOn(Effects effects) {
        effects.errors().put(this, duration);
    }
}
