package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.Percentage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a NetworkChaos does to the pods on its two sides.
 *
 * <p>Loss and delay act where packets leave: with direction {@code to} at the selected pods, with {@code from} at the pods of
 * {@code target}, with {@code both} at both. A partition drops packets at both ends: those that leave one side, and those that
 * arrive at the other.
 */
final class NetworkFaults {
    private static final Set<String> NOT_EMULATED = Set.of("duplicate", "corrupt", "bandwidth");

    private final Tree spec;
    private final boolean to;
    private final boolean from;

    NetworkFaults(Tree spec) {
        this.spec = spec;
        String direction = spec.at("direction").text("to");
        this.to = !direction.equals("from");
        this.from = !direction.equals("to");
    }

    /** What of the experiment cannot be done here, if anything. */
    Optional<String> unsupported() {
        String action = spec.at("action").text("");
        if (NOT_EMULATED.contains(action)) {
            return Optional.of("network " + action + " is not emulated: it needs a cluster with Chaos Mesh");
        }
        for (String part : List.of("duplicate", "corrupt", "rate")) {
            if (action.equals("netem") && spec.at(part).exists()) {
                return Optional.of("netem with " + part + " is not emulated: it needs a cluster with Chaos Mesh");
            }
        }
        if (spec.at("delay", "reorder").exists()) {
            return Optional.of("delay with reorder is not emulated: it needs a cluster with Chaos Mesh");
        }
        try {
            fault(false, List.of());
        } catch (InvalidExperiment e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    /** Whether anything is to be done on one of the sides. */
    boolean concerns(boolean target) {
        return isPartition() || (target ? from : to);
    }

    /**
     * The fault of a pod.
     *
     * @param target the pod is on the other end
     * @param peers the addresses of the pods on the side opposite to it
     */
    NetworkFault fault(boolean target, List<String> peers) {
        List<String> ends = new ArrayList<>(peers);
        if (!target) {
            ends.addAll(spec.at("externalTargets").texts());
        }
        if (isPartition()) {
            return target ? new NetworkFault.Partition(from, to, ends) : new NetworkFault.Partition(to, from, ends);
        }
        return new NetworkFault.Netem(
                percentage("loss", "loss"),
                percentage("loss", "correlation"),
                duration("latency"),
                duration("jitter"),
                percentage("delay", "correlation"),
                ends);
    }

    private boolean isPartition() {
        return spec.at("action").text("").equals("partition");
    }

    /** Only the action's own parameters count; {@code netem} takes all. */
    private boolean isMeant(String part) {
        String action = spec.at("action").text("");
        return action.equals(part) || action.equals("netem");
    }

    private Percentage percentage(String part, String field) {
        String text = isMeant(part) ? spec.at(part, field).text("") : "";
        return text.isEmpty() ? Percentage.ZERO : Percentage.parse("spec." + part + "." + field, text);
    }

    private Duration duration(String field) {
        String text = isMeant("delay") ? spec.at("delay", field).text("") : "";
        return text.isEmpty() ? Duration.ZERO : GoDuration.parse("spec.delay." + field, text);
    }
}
