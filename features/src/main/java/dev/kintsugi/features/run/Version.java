package dev.kintsugi.features.run;

import java.util.Objects;

/** The version of Kintsugi. */
public final class Version {

    private Version() {}

    /** As the jar's manifest says it, {@code development} when there is no jar. */
    public static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "development");
    }
}
