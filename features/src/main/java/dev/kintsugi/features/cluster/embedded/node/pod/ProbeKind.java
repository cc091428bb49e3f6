package dev.kintsugi.features.cluster.embedded.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import org.jspecify.annotations.Nullable;

/** The three questions a pod's node asks of a container. */
public enum ProbeKind {
    /** Whether it has come up; the other two wait for it. */
    STARTUP("Startup", false),
    /** Whether it must be restarted. */
    LIVENESS("Liveness", true),
    /** Whether it may get traffic. */
    READINESS("Readiness", false);

    private final String title;
    private final boolean assumed;

    ProbeKind(String title, boolean assumed) {
        this.title = title;
        this.assumed = assumed;
    }

    /** As events call it. */
    String title() {
        return title;
    }

    /** What is believed of a new run before the first answer. */
    boolean assumed() {
        return assumed;
    }

    /** The probe of this kind that a container has, null when it has none. */
    public @Nullable Probe of(Container container) {
        return switch (this) {
            case STARTUP -> container.getStartupProbe();
            case LIVENESS -> container.getLivenessProbe();
            case READINESS -> container.getReadinessProbe();
        };
    }
}
