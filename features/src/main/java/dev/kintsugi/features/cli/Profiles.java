package dev.kintsugi.features.cli;

import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.run.UsageException;

/** The timings that can be asked for by name. */
final class Profiles {

    private Profiles() {}

    static Timings named(String name) {
        return switch (name) {
            case "real" -> Timings.real();
            case "quick" -> Timings.quick();
            default -> throw new UsageException("--timings " + name + ": must be real or quick");
        };
    }
}
