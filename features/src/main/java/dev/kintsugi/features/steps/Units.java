package dev.kintsugi.features.steps;

import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.features.run.UsageException;
import io.cucumber.java.ParameterType;
import java.time.Duration;

/** Quantities in steps carry their units: {@code 10 s}, {@code 250 ms}, {@code 5 %}, {@code 200 MiB}. */
public final class Units {

    /** A time in ms, s or min. */
    @ParameterType("(\\d+(?:\\.\\d+)?) ?(ms|s|min)")
    public Duration duration(String number, String unit) {
        double millis = Double.parseDouble(number)
                * switch (unit) {
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    default -> 60_000;
                };
        return Duration.ofNanos(Math.round(millis * 1e6));
    }

    /** A share in percent, 0 to 100. */
    @ParameterType("(\\d+(?:\\.\\d+)?) ?%")
    public Percent percent(String number) {
        return new Percent(Double.parseDouble(number));
    }

    /** An amount of memory: 128MiB, 200 MB, or a share of the container's limit such as 80 %. */
    @ParameterType("(\\d+(?:\\.\\d+)?) ?(KB|MB|GB|KiB|MiB|GiB|%)")
    public MemorySize size(String number, String unit) {
        return MemorySize.parse(number + unit);
    }

    /** A share. */
    record Percent(double value) {
        Percent {
            if (value < 0 || value > 100) {
                throw new UsageException(value + " % is no share: it must be from 0 to 100 %");
            }
        }

        @Override
        public String toString() {
            return (value == Math.rint(value) ? Long.toString(Math.round(value)) : Double.toString(value)) + " %";
        }
    }
}
