package dev.kintsugi.sample;

import java.time.Duration;
import java.util.List;

/** The process ends at once, without draining. */
record Crash(int exitCode, Duration delay) implements Fault {

    private static final Parameter<Integer> EXIT_CODE =
            Parameter.whole("exitCode", "the exit code of the process", 1, 255, "1");
    private static final Parameter<Duration> DELAY =
            Parameter.duration("delay", "the time from the answer to the end", "0ms", "1h", "0ms");

    static final Kind KIND = new Kind(
            "crash",
            "ends the process without draining",
            List.of(EXIT_CODE, DELAY),
            given -> new Crash(given.get(EXIT_CODE), given.get(DELAY)));

    @Override
    public void switchOn(Effects effects) {
        effects.crash().announce(this);
    }

    @Override
    public void answered(Effects effects) {
        effects.crash().countDown(this);
    }
}
