package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.TargetRecord;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.chaos.model.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An experiment as its controllers see it.
 *
 * @param createdAt the API server's time, whole seconds
 * @param deleted its deletion has been asked for
 * @param spec with the webhook's defaults
 */
record Chaos(
        Kind kind,
        String namespace,
        String name,
        Instant createdAt,
        boolean deleted,
        Map<String, String> annotations,
        List<String> finalizers,
        Tree spec,
        Status status) {

    /** Keeps the resource until the fault has been taken back. */
    static final String FINALIZER = "chaos-mesh/records";

    private static final String PAUSE = "experiment.chaos-mesh.org/pause";
    private static final String CLEAN_FINALIZER = "chaos-mesh.chaos-mesh.org/cleanFinalizer";

    /** {@code spec.action}; stress has none. */
    String action() {
        return spec.at("action").text("");
    }

    /** Killing happens once: it is never taken back, and neither pause nor duration count. */
    boolean isOneShot() {
        return kind == Kind.POD_CHAOS && (action().equals("pod-kill") || action().equals("container-kill"));
    }

    /** Whether its targets are containers; else they are pods. */
    boolean hitsContainers() {
        return switch (kind) {
            case STRESS_CHAOS, IO_CHAOS, DNS_CHAOS, TIME_CHAOS, JVM_CHAOS -> true;
            case POD_CHAOS -> action().equals("container-kill");
            case NETWORK_CHAOS, HTTP_CHAOS, KERNEL_CHAOS -> false;
        };
    }

    boolean isPaused() {
        return "true".equals(annotations.get(PAUSE));
    }

    /** Its owner wants it gone even if the fault stays behind. */
    boolean isCleanupForced() {
        return "forced".equals(annotations.get(CLEAN_FINALIZER));
    }

    /** When it is over. Counted from its creation, so that injection and pauses count. */
    Optional<Instant> end() {
        String duration = spec.at("duration").text("");
        return duration.isEmpty() ? Optional.empty() : Optional.of(createdAt.plus(GoDuration.parse(duration)));
    }

    /** Names this experiment and one side of it towards the nodes. */
    String source(TargetRecord record) {
        return kind.plural() + "/" + namespace + "/" + name + "/" + record.selectorKey();
    }
}
