package dev.kintsugi.features.cluster.embedded.network;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happens to the packets of one link: passes, comes late, is lost. Pure but for its counters: chance comes from the
 * seed, time is the caller's. Everything but {@link #faults()} and {@link #statistics()} belongs to the link's event loop.
 */
final class LossyPath {

    /** The verdict on a packet that never arrives. */
    static final long DROPPED = -1;

    private final SplittableRandom random;
    private final Map<String, NetemRule> rules = new LinkedHashMap<>();
    private volatile Map<String, LinkFault> faults = Map.of();

    private final LongAdder connections = new LongAdder();
    private final LongAdder impaired = new LongAdder();
    private final LongAdder delayed = new LongAdder();
    private final LongAdder reset = new LongAdder();
    private final LongAdder egress = new LongAdder();
    private final LongAdder egressDropped = new LongAdder();
    private final LongAdder ingress = new LongAdder();
    private final LongAdder ingressDropped = new LongAdder();

    LossyPath(long seed) {
        this.random = new SplittableRandom(seed);
    }

    void apply(String id, LinkFault fault) {
        rules.put(id, new NetemRule(fault, random.split()));
        publish();
    }

    void clear(String id) {
        rules.remove(id);
        publish();
    }

    private void publish() {
        Map<String, LinkFault> copy = new LinkedHashMap<>();
        rules.forEach((id, rule) -> copy.put(id, rule.fault()));
        faults = Collections.unmodifiableMap(copy);
    }

    Map<String, LinkFault> faults() {
        return faults;
    }

    /** Whether any fault acts on packets from or to this peer. */
    boolean concerns(InetAddress peer) {
        for (NetemRule rule : rules.values()) {
            if (rule.concerns(peer)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Sends one packet.
     *
     * @param oneWay EGRESS or INGRESS
     * @return by how many nanoseconds it is held back, or {@link #DROPPED}
     */
    long transit(LinkDirection oneWay, InetAddress peer) {
        boolean leaves = oneWay == LinkDirection.EGRESS;
        (leaves ? egress : ingress).increment();
        long heldBack = 0;
        for (NetemRule rule : rules.values()) {
            if (rule.fault().direction().covers(oneWay) && rule.concerns(peer)) {
                long delay = rule.draw();
                if (delay == DROPPED) {
                    (leaves ? egressDropped : ingressDropped).increment();
                    return DROPPED;
                }
                heldBack += delay;
            }
        }
        return heldBack;
    }

    void countConnection() {
        connections.increment();
    }

    void countImpaired() {
        impaired.increment();
    }

    void countDelayed() {
        delayed.increment();
    }

    void countReset() {
        reset.increment();
    }

    LinkStatistics statistics() {
        return new LinkStatistics(
                connections.sum(),
                impaired.sum(),
                delayed.sum(),
                reset.sum(),
                egress.sum(),
                egressDropped.sum(),
                ingress.sum(),
                ingressDropped.sum());
    }
}
