package dev.kintsugi.features.cluster.embedded.network;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the packets of one link: pass, come late, are lost. Pure but for its counters: chance comes from the seed,
 * time is the caller's. Thread-safe: a pod's packets are also met on the links of those it calls.
 */
final class LossyPath {

    private record Rule(LinkFault fault, Discipline discipline) {
        boolean covers(LinkDirection oneWay, InetAddress peer) {
            return fault.direction().covers(oneWay) && fault.concerns(peer);
        }
    }

    private final SplittableRandom random;
    private volatile Map<String, Rule> rules = Map.of();

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

    /** A fault that is in force already, just so, stays as it is, with all that it has counted and remembers. */
    synchronized void apply(String id, LinkFault fault) {
        Rule before = rules.get(id);
        if (before == null || !before.fault.equals(fault)) {
            change(id, new Rule(fault, Discipline.of(fault, random.split())));
        }
    }

    synchronized void clear(String id) {
        change(id, null);
    }

    private void change(String id, @Nullable Rule rule) {
        Map<String, Rule> next = new LinkedHashMap<>(rules);
        if (rule == null) {
            next.remove(id);
        } else {
            next.put(id, rule);
        }
        rules = Collections.unmodifiableMap(next);
    }

    Map<String, LinkFault> faults() {
        Map<String, LinkFault> faults = new LinkedHashMap<>();
        rules.forEach((id, rule) -> faults.put(id, rule.fault));
        return Collections.unmodifiableMap(faults);
    }

    Map<String, FaultStatistics> faultStatistics() {
        Map<String, FaultStatistics> statistics = new LinkedHashMap<>();
        rules.forEach((id, rule) -> statistics.put(id, rule.discipline.statistics()));
        return Collections.unmodifiableMap(statistics);
    }

    /** Whether any fault acts on packets from or to this peer. */
    boolean concerns(InetAddress peer) {
        Map<String, Rule> current = rules;
        return !current.isEmpty() && current.values().stream().anyMatch(rule -> rule.fault.concerns(peer));
    }

    /**
     * Sends one packet.
     *
     * @param oneWay EGRESS or INGRESS
     * @param size in bytes, headers included
     * @param now nanoseconds on a clock that all connections share
     * @param leaves is told when each copy that gets through leaves; not at all when the packet is lost
     * @return whether it went through at once
     */
    boolean send(LinkDirection oneWay, InetAddress peer, int size, long now, LongConsumer leaves) {
        boolean isEgress = oneWay == LinkDirection.EGRESS;
        (isEgress ? egress : ingress).increment();
        Arrivals arrivals = new Arrivals(leaves, now);
        LongConsumer way = arrivals;
        Rule[] met = rules.values().stream()
                .filter(rule -> rule.covers(oneWay, peer))
                .toArray(Rule[]::new);
        for (int i = met.length - 1; i >= 0; i--) {
            Discipline next = met[i].discipline;
            LongConsumer after = way;
            way = at -> next.send(size, at, after);
        }
        way.accept(now);
        if (!arrivals.any) {
            (isEgress ? egressDropped : ingressDropped).increment();
        }
        return arrivals.atOnce;
    }

    private static final class Arrivals implements LongConsumer {
        private final LongConsumer leaves;
        private final long sentAt;
        private boolean any;
        private boolean atOnce;

        Arrivals(LongConsumer leaves, long sentAt) {
            this.leaves = leaves;
            this.sentAt = sentAt;
        }

        @Override
        public void accept(long at) {
            any = true;
            atOnce |= at == sentAt;
            leaves.accept(at);
        }
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
