package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The receiving half of one end: puts segments in order and decides when to acknowledge (net/ipv4/tcp_input.c). Segments out
 * of order or seen before are acknowledged at once; others at once while in quick-ack mode, else after 40 ms or with the
 * next segment that goes the other way.
 */
final class TcpReceiver {

    /** TCP_ATO_MIN, the shortest delayed acknowledgement. */
    private static final long DELAY = TimeUnit.MILLISECONDS.toNanos(40);

    private static final int QUICK_ACKS = 16;
    static final long NEVER = Long.MAX_VALUE;

    private final TreeMap<Long, Long> beyond = new TreeMap<>();
    private long next;
    private long finAt = NEVER;
    private boolean finDelivered;
    private long delivered;

    private boolean anyReceived;
    private long lastReceivedAt;
    private long lastAcknowledged;
    private int quickAcks;
    private boolean interactive;
    private long echo = Packet.NO_ECHO;

    private boolean acknowledgeNow;
    private long acknowledgeAt = NEVER;

    /** What the application can read now and could not before. */
    record Arrived(int bytes, boolean ended) {}

    Arrived receive(Packet packet, long now) {
        if (packet.end() <= next) {
            enterQuickAcks();
            acknowledgeNow = true;
            return new Arrived(0, false);
        }
        noteArrival(now);
        if (packet.fin()) {
            finAt = packet.end();
        }
        if (packet.seq() > next) {
            remember(packet.seq(), packet.end());
            acknowledgeNow = true;
            return new Arrived(0, false);
        }
        boolean hadGap = !beyond.isEmpty();
        next = packet.end();
        echo = packet.sentAt();
        while (!beyond.isEmpty() && beyond.firstKey() <= next) {
            next = Math.max(next, beyond.pollFirstEntry().getValue());
        }
        scheduleAcknowledgement(hadGap, now);
        return arrived();
    }

    private Arrived arrived() {
        boolean ends = finAt <= next && !finDelivered;
        long upTo = finAt <= next ? finAt - 1 : next;
        int bytes = Math.toIntExact(upTo - delivered);
        delivered = upTo;
        finDelivered |= ends;
        return new Arrived(bytes, ends);
    }

    private void noteArrival(long now) {
        if (!anyReceived || now - lastReceivedAt > RoundTrips.RTO_MIN) {
            anyReceived = true;
            quickAcks = QUICK_ACKS;
        }
        lastReceivedAt = now;
    }

    private void remember(long start, long end) {
        long from = start;
        long to = end;
        Map.Entry<Long, Long> before = beyond.floorEntry(from);
        if (before != null && before.getValue() >= from) {
            from = before.getKey();
            to = Math.max(to, before.getValue());
        }
        while (true) {
            Map.Entry<Long, Long> after = beyond.ceilingEntry(from);
            if (after == null || after.getKey() > to) {
                break;
            }
            to = Math.max(to, after.getValue());
            beyond.remove(after.getKey());
        }
        beyond.put(from, to);
    }

    private void scheduleAcknowledgement(boolean gapWasOpen, long now) {
        boolean twoSegments = next - lastAcknowledged > TcpSender.MSS;
        if (gapWasOpen || twoSegments || (quickAcks > 0 && !interactive)) {
            acknowledgeNow = true;
        } else if (acknowledgeAt == NEVER) {
            acknowledgeAt = KernelTimer.expiry(now, DELAY);
        }
    }

    private void enterQuickAcks() {
        quickAcks = QUICK_ACKS;
        interactive = false;
    }

    /** Whether an acknowledgement is due at this instant. */
    boolean owesAcknowledgement(long now) {
        return acknowledgeNow || acknowledgeAt <= now;
    }

    /** When the delayed acknowledgement is due, or {@link #NEVER}. */
    long acknowledgeAt() {
        return acknowledgeAt;
    }

    /** The delayed acknowledgement was not overtaken by data: the dialogue is not interactive after all. */
    void delayWasInVain(long now) {
        if (!acknowledgeNow && acknowledgeAt <= now) {
            interactive = false;
        }
    }

    /** A packet left that carries the acknowledgement; one with data soon after an arrival marks the dialogue interactive. */
    void acknowledged(boolean withData, long now) {
        if (withData && anyReceived && now - lastReceivedAt < DELAY) {
            interactive = true;
        }
        if (acknowledgeNow || acknowledgeAt != NEVER) {
            quickAcks = Math.max(0, quickAcks - 1);
        }
        acknowledgeNow = false;
        acknowledgeAt = NEVER;
        lastAcknowledged = next;
    }

    long next() {
        return next;
    }

    long echo() {
        return echo;
    }

    void echo(long timeStamp) {
        echo = timeStamp;
    }

    List<Packet.Range> sacks() {
        if (beyond.isEmpty()) {
            return List.of();
        }
        List<Packet.Range> ranges = new ArrayList<>(beyond.size());
        beyond.forEach((start, end) -> ranges.add(new Packet.Range(start, end)));
        return ranges;
    }
}
