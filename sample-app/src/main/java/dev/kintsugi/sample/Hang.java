package dev.kintsugi.sample;

import java.time.Duration;
import java.util.List;

/** No request is answered, probes and metrics neither; the process lives on, and only {@code /simulate} still answers. */
record Hang(Duration duration) implements Fault {

    private static final Parameter<Duration> DURATION = Fault.duration();

    static final Kind KIND = new Kind(
            "hang",
            "answers nothing but /simulate, not even probes; requests wait until it is over",
            List.of(DURATION),
            given -> new Hang(given.get(DURATION)));

    @Override
    public void switchOn(Effects effects) {
        effects.hang().shut(duration);
    }
}
