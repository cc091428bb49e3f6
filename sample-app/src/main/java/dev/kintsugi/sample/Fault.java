package dev.kintsugi.sample;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** A fault as it was asked for; all its values are within their ranges. */
sealed interface Fault permits MemoryLeak, Crash, Errors, CpuLoad, Latency, Hang {

    /** How long a fault lasts; without it, until {@code /simulate/reset}. */
    static Parameter<Duration> duration() {
        return Parameter.duration("duration", "how long it lasts, unless reset before", "1ms", "24h", "24h");
    }

    /** From when this returns the fault is on, and a reset switches it off. */
    void switchOn(Effects effects);

    /** What must wait until the sender has its answer, because it could not have it afterwards. */
    default void answered(Effects effects) {}

    /** {@code POST /simulate/NAME}: what it does, and its parameters. */
    record Kind(String name, String meaning, List<Parameter<?>> parameters, Function<Parameters, Fault> reader) {

        Fault read(Parameters parameters) {
            return reader.apply(parameters);
        }
    }
}
