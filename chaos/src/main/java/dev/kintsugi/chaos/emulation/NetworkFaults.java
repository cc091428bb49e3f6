package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.Percentage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a NetworkChaos does to the pods on its two sides.
 *
 * <p>Netem and bandwidth act where packets leave: with direction {@code to} at the selected pods, with {@code from} at the pods of
 * {@code target}, with {@code both} at both. A partition drops packets at both ends: those that leave one side, and those that
 * arrive at the other. All parts of netem that are given count, whatever the action is called (mergeNetem of
 * controllers/podnetworkchaos); bandwidth counts for its own action alone.
 */
final class NetworkFaults {
    /** Units from the largest down, each 1024 times the next: {@code bps} is bytes per second (ConvertUnitToBytes). */
    private static final List<String> RATE_UNITS = List.of("tbps", "gbps", "mbps", "kbps", "bps");

    private final Tree spec;
    private final String action;
    private final boolean to;
    private final boolean from;

    NetworkFaults(Tree spec) {
        this.spec = spec;
        this.action = spec.at("action").text("");
        String direction = spec.at("direction").text("to");
        this.to = !direction.equals("from");
        this.from = !direction.equals("to");
    }

    /** What of the experiment cannot be done, if anything. */
    Optional<String> unsupported() {
        if (!isPartition()
                && !action.equals("bandwidth")
                && Stream.of("delay", "loss", "duplicate", "corrupt", "rate")
                        .noneMatch(part -> spec.at(part).exists())) {
            return Optional.of("invalid spec for netem action, at least one is required from delay, loss, duplicate,"
                    + " corrupt, rate");
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
        return action.equals("bandwidth") ? bandwidth(ends) : netem(ends);
    }

    private boolean isPartition() {
        return action.equals("partition");
    }

    private NetworkFault netem(List<String> ends) {
        return new NetworkFault.Netem(
                chance("loss", spec.at("loss")),
                chance("duplicate", spec.at("duplicate")),
                chance("corrupt", spec.at("corrupt")),
                delay(spec.at("delay")),
                rate("rate.rate", spec.at("rate", "rate")),
                ends);
    }

    private NetworkFault bandwidth(List<String> ends) {
        Tree bandwidth = spec.at("bandwidth");
        long rate = rate("bandwidth.rate", bandwidth.at("rate"));
        long limit = bandwidth.at("limit").number(0);
        long buffer = bandwidth.at("buffer").number(0);
        if (rate == 0 || limit < 1 || buffer < 1) {
            throw new InvalidExperiment(
                    "spec.bandwidth",
                    bandwidth.map(),
                    "rate, limit and buffer must be above 0",
                    "give such as rate: 1mbps, limit: 20971520, buffer: 10000");
        }
        long peak = bandwidth.at("peakrate").number(0);
        long peakBuffer = bandwidth.at("minburst").number(0);
        boolean hasPeak = peak > 0 && peakBuffer > 0;
        return new NetworkFault.Bandwidth(rate, limit, buffer, hasPeak ? peak : 0, hasPeak ? peakBuffer : 0, ends);
    }

    /** Without a latency there is no delay at all: the daemon leaves jitter and reordering out (convertNetemToArgs). */
    private static NetworkFault.Delay delay(Tree delay) {
        Duration latency = duration("latency", delay);
        if (latency.isZero()) {
            return NetworkFault.Delay.NONE;
        }
        Tree reorder = delay.at("reorder");
        return new NetworkFault.Delay(
                latency,
                duration("jitter", delay),
                percentage("delay.correlation", delay.at("correlation")),
                chance("reorder", reorder),
                (int) Math.max(1, Math.min(Integer.MAX_VALUE, reorder.at("gap").number(1))));
    }

    private static NetworkFault.Chance chance(String part, Tree place) {
        return new NetworkFault.Chance(
                percentage(part + "." + part, place.at(part)),
                percentage(part + ".correlation", place.at("correlation")));
    }

    private static Percentage percentage(String field, Tree place) {
        String text = place.text("");
        return text.isEmpty() ? Percentage.ZERO : Percentage.parse("spec." + field, text);
    }

    private static Duration duration(String field, Tree delay) {
        String text = delay.at(field).text("");
        return text.isEmpty() ? Duration.ZERO : GoDuration.parse("spec.delay." + field, text);
    }

    private static long rate(String field, Tree place) {
        String text = place.text("").strip().toLowerCase(Locale.ROOT);
        if (text.isEmpty()) {
            return 0;
        }
        for (int i = 0; i < RATE_UNITS.size(); i++) {
            String unit = RATE_UNITS.get(i);
            if (text.endsWith(unit)) {
                String number = text.substring(0, text.length() - unit.length()).strip();
                try {
                    return Math.multiplyExact(Long.parseLong(number), 1L << (10 * (RATE_UNITS.size() - 1 - i)));
                } catch (NumberFormatException | ArithmeticException e) {
                    throw badRate(field, text);
                }
            }
        }
        throw badRate(field, text);
    }

    private static InvalidExperiment badRate(String field, String text) {
        return new InvalidExperiment(
                "spec." + field,
                text,
                "parse rate field error:invalid unit",
                "give a whole number of bytes per second and its unit, one of bps, kbps, mbps, gbps, tbps");
    }
}
