package dev.kintsugi.features.cluster.embedded.network;

import java.net.InetAddress;
import java.util.SplittableRandom;

/** One fault in force, with the memory that correlation needs; draws as the kernel's sch_netem does. Pure. */
final class NetemRule {

    private final LinkFault fault;
    private final SplittableRandom random;
    private double last;

    NetemRule(LinkFault fault, SplittableRandom random) {
        this.fault = fault;
        this.random = random;
        this.last = random.nextDouble();
    }

    LinkFault fault() {
        return fault;
    }

    boolean concerns(InetAddress peer) {
        return fault.peers().isEmpty() || fault.peers().contains(peer);
    }

    /** What the fault does to the next packet: nanoseconds of delay, or {@link LossyPath#DROPPED}. */
    long draw() {
        if (fault instanceof LinkFault.Loss loss) {
            return loss.share() > 0 && uniform(loss.correlation()) < loss.share() ? LossyPath.DROPPED : 0;
        }
        if (fault instanceof LinkFault.Delay delay) {
            double spread = delay.jitter().isZero() ? 0 : 2 * uniform(delay.correlation()) - 1;
            double nanos = delay.latency().toNanos() + spread * delay.jitter().toNanos();
            return Math.max(0, Math.round(nanos));
        }
        return LossyPath.DROPPED;
    }

    /** netem's {@code get_crandom}: a weighted mean of a fresh draw and the last answer, the correlation being the weight. */
    private double uniform(double correlation) {
        double fresh = random.nextDouble();
        last = fresh * (1 - correlation) + last * correlation;
        return last;
    }
}
