package dev.kintsugi.sample;

import java.time.Duration;
import java.util.List;

/**
 * Threads that compute.
 *
 * @param loadPercent how busy each thread keeps one CPU, as far as the CPUs and the container's limit allow
 */
record CpuLoad(int loadPercent, int threads, Duration duration) implements Fault {

    private static final Parameter<Integer> LOAD =
            Parameter.whole("load", "how busy each thread keeps one CPU, in per cent", 1, 100, "100");
    private static final Parameter<Integer> THREADS =
            Parameter.whole("threads", "how many threads compute", 1, 32, "1");
    private static final Parameter<Duration> DURATION = Fault.duration();

    static final Kind KIND = new Kind(
            "cpu",
            "keeps CPUs busy",
            List.of(LOAD, THREADS, DURATION),
            given -> new CpuLoad(given.get(LOAD), given.get(THREADS), given.get(DURATION)));

    @Override
    public void switchOn(Effects effects) {
        effects.cpu().burn(this);
    }
}
