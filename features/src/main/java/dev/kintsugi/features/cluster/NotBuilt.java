package dev.kintsugi.features.cluster;

import java.nio.file.Path;

/** What the build makes is not there: it was not run, or cleaned away. */
public final class NotBuilt extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** @param missing the file of the sample app that is not there */
    public NotBuilt(Path missing) {
        super("the sample app is not built: " + missing + " is missing; `mvn -Dquick -DskipTests package` builds it");
    }
}
