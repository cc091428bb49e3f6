package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.concurrent.TimeUnit;

/**
 * The sending half of one end, as Linux does it with its defaults (net/ipv4/tcp_output.c, tcp_input.c, tcp_timer.c): Nagle's
 * rule, selective acknowledgements, loss found by time (RACK, RFC 8985) and repaired in the same round trip where a later
 * segment arrived, a tail loss probe, and the retransmission time-out of at least 200 ms that doubles.
 */
final class TcpSender {

    /** Payload of a full segment on an Ethernet path with time stamps. */
    static final int MSS = 1448;

    /** tcp_retries2: the connection is given up with the time-out after this many retransmissions. */
    private static final int MAX_RETRANSMISSIONS = 15;
    /** TCP_TIMEOUT_MIN_US. */
    private static final long SHORTEST_TIMER = TimeUnit.MILLISECONDS.toNanos(2);
    /**
     * Repairs leave one by one, each with a time of its own, as BBR paces them; that they do matters, since losses are found by these
     * times, but not how far they are apart, as long as it is little against a round trip.
     */
    private static final long PACE = TimeUnit.MICROSECONDS.toNanos(5);

    /** Puts a segment on the path. */
    interface Output {
        void transmit(long seq, int bytes, boolean fin, long now);
    }

    private enum State {
        OPEN,
        RECOVERY,
        LOSS
    }

    private final Output output;
    private final RoundTrips roundTrips = new RoundTrips();
    private final CongestionWindow window = new CongestionWindow();
    private final Scoreboard outstanding = new Scoreboard();
    private final Rack rack = new Rack();
    private final SenderTimer timer = new SenderTimer();
    private final TailLossProbe probe = new TailLossProbe();

    private long unsent;
    private boolean finishing;
    private boolean finSent;
    private long next;
    private long unacknowledged;
    private long lastSmallEnd;

    private State state = State.OPEN;
    /** Recovery is over when all before this is acknowledged. */
    private long recoverUpTo;

    private long recoveringSince;
    private long nextRepairAt;
    private boolean repairsWait;

    private int backoff;
    private int retransmissions;
    private boolean mayBeSpurious;

    private boolean timedOut;

    TcpSender(Output output) {
        this.output = output;
    }

    RoundTrips roundTrips() {
        return roundTrips;
    }

    CongestionWindow window() {
        return window;
    }

    void write(int bytes, long now) {
        unsent += bytes;
        push(now);
    }

    void finish(long now) {
        finishing = true;
        push(now);
    }

    /** Everything that was written has been acknowledged. */
    boolean isIdle() {
        return outstanding.isEmpty() && unsent == 0 && finishing == finSent;
    }

    boolean hasTimedOut() {
        return timedOut;
    }

    long next() {
        return next;
    }

    long timerAt() {
        return repairsWait ? Math.min(nextRepairAt, timer.at()) : timer.at();
    }

    // ---- sending

    /** Sends what the window and Nagle's rule allow: a small segment waits while another small one is not acknowledged. */
    private void push(long now) {
        int before = outstanding.size();
        while (hasUnsent() && outstanding.inFlight() < window.size()) {
            boolean small = unsent < MSS;
            if (small && !finishing && lastSmallEnd > unacknowledged) {
                break;
            }
            sendNew(now);
        }
        if (outstanding.size() > before) {
            if (before == 0 || timer.is(SenderTimer.Kind.PROBE)) {
                armRetransmission(now);
            }
            scheduleProbe(now, false);
        }
    }

    private boolean hasUnsent() {
        return unsent > 0 || (finishing && !finSent);
    }

    private void sendNew(long now) {
        int bytes = (int) Math.min(MSS, unsent);
        unsent -= bytes;
        boolean fin = finishing && unsent == 0;
        Segment segment = new Segment(next, bytes, fin);
        finSent |= fin;
        next = segment.end();
        if (bytes < MSS) {
            lastSmallEnd = next;
        }
        outstanding.add(segment);
        transmit(segment, now);
    }

    private void transmit(Segment segment, long now) {
        segment.sentAt = now;
        output.transmit(segment.seq, segment.bytes, segment.fin, now);
    }

    /** Sends a segment again, together with those after it that fit in with it. */
    private void retransmit(int index, long now) {
        Segment segment = outstanding.collapse(index);
        segment.retransmitted = true;
        segment.repairing = segment.lost;
        transmit(segment, now);
    }

    private void retransmitLost(long now) {
        int index = outstanding.firstToRepair();
        while (index >= 0 && outstanding.inFlight() < window.size()) {
            if (now < nextRepairAt) {
                repairsWait = true;
                return;
            }
            retransmit(index, now);
            nextRepairAt = now + PACE;
            if (index == 0 && !timer.is(SenderTimer.Kind.REORDERING)) {
                timer.arm(SenderTimer.Kind.RETRANSMISSION, now, timeout());
            }
            index = outstanding.firstToRepair();
        }
    }

    // ---- acknowledgements

    void acknowledge(Packet packet, long now) {
        long ack = packet.ack();
        if (ack > next) {
            return;
        }
        Progress progress = new Progress();
        outstanding.sack(packet.sacks(), segment -> {
            delivered(segment, progress, now);
            progress.sacked(segment, now);
        });
        outstanding.acknowledge(ack, segment -> {
            progress.advanced = true;
            if (!segment.sacked) {
                delivered(segment, progress, now);
                progress.acknowledged(segment, now);
            }
        });
        measure(progress.roundTrip(packet.echo(), now));
        if (progress.advanced) {
            unacknowledged = Math.max(unacknowledged, ack);
            retransmissions = 0;
        }
        progress.duplicate = !progress.advanced && !packet.occupies();
        probe.settle(ack, progress);
        boolean rearm = progress.advanced;
        boolean sendNewFirst = false;
        if (state == State.RECOVERY && ack >= recoverUpTo) {
            recovered();
        }
        if (state == State.LOSS) {
            sendNewFirst = advanceThroughLoss(ack, progress);
        }
        int lostBefore = rack.found();
        if (findLost(now)) {
            rearm = false;
        }
        if (state == State.OPEN && outstanding.anyLost()) {
            enterRecovery(now);
        } else if (state == State.RECOVERY && rack.sentAt() > recoveringSince) {
            window.repairGoesOn();
        }
        if (rearm) {
            scheduleProbeOrRetransmission(now);
        }
        window.acknowledged(progress.delivered, rack.found() - lostBefore, outstanding.inFlight());
        if (state != State.OPEN && !sendNewFirst) {
            retransmitLost(now);
        }
        long before = next;
        push(now);
        if (sendNewFirst && next == before) {
            mayBeSpurious = false;
            retransmitLost(now);
        }
    }

    private void delivered(Segment segment, Progress progress, long now) {
        progress.delivered++;
        progress.originals |= !segment.retransmitted && segment.end() <= recoverUpTo;
        rack.delivered(segment, roundTrips, now);
    }

    private void measure(long roundTrip) {
        if (roundTrip >= 0) {
            roundTrips.measured(roundTrip);
            backoff = 0;
        }
    }

    /**
     * After a time-out (tcp_process_loss): if segments that were never sent again turn out to have arrived, the time-out was
     * spurious and all is taken back. At the first advance new data goes out before repairs, to find that out (F-RTO).
     *
     * @return whether new data is to be sent instead of repairs
     */
    private boolean advanceThroughLoss(long ack, Progress progress) {
        boolean recovered = ack >= recoverUpTo;
        if (mayBeSpurious) {
            if (progress.originals) {
                outstanding.segments().forEach(segment -> segment.lost = false);
                recovered();
                return false;
            }
            if (next > recoverUpTo) {
                if (progress.sackedNew || progress.duplicate) {
                    mayBeSpurious = false;
                }
            } else if (progress.advanced && !recovered) {
                recoverUpTo = next;
                if (hasUnsent()) {
                    return true;
                }
                mayBeSpurious = false;
            }
        }
        if (recovered) {
            recovered();
        }
        return false;
    }

    private void recovered() {
        state = State.OPEN;
        window.repairEnds();
    }

    // ---- finding what is lost

    /** Returns whether a timer was set, for those that may yet turn out to be lost. */
    private boolean findLost(long now) {
        if (!rack.takeAdvance()) {
            return false;
        }
        long wait = rack.markLost(outstanding, state != State.OPEN, roundTrips, now);
        if (wait > 0) {
            timer.arm(SenderTimer.Kind.REORDERING, now, wait + SHORTEST_TIMER);
            return true;
        }
        return false;
    }

    private void enterRecovery(long now) {
        state = State.RECOVERY;
        recoverUpTo = next;
        recoveringSince = now;
        probe.forget();
        window.repairStarts(outstanding.inFlight());
    }

    // ---- timers

    private long timeout() {
        return Math.min(RoundTrips.RTO_MAX, roundTrips.timeout() << Math.min(backoff, 10));
    }

    /** What is left of the time-out that runs from the head's latest transmission. */
    private long untilTimeout(long now) {
        return outstanding.isEmpty() ? timeout() : outstanding.head().sentAt + timeout() - now;
    }

    private void armRetransmission(long now) {
        if (outstanding.isEmpty()) {
            timer.stop();
            return;
        }
        boolean runsAlready = timer.is(SenderTimer.Kind.PROBE) || timer.is(SenderTimer.Kind.REORDERING);
        timer.arm(SenderTimer.Kind.RETRANSMISSION, now, runsAlready ? Math.max(1, untilTimeout(now)) : timeout());
    }

    private void scheduleProbeOrRetransmission(long now) {
        if (!scheduleProbe(now, true)) {
            armRetransmission(now);
        }
    }

    /**
     * The tail loss probe (tcp_schedule_loss_probe): two round trips after the last transmission, with 200 ms more for a
     * single segment, whose acknowledgement may be delayed; not after the retransmission time-out.
     */
    private boolean scheduleProbe(long now, boolean restarts) {
        if (outstanding.isEmpty() || state != State.OPEN) {
            return false;
        }
        long after = RoundTrips.INITIAL_RTO;
        if (roundTrips.isKnown()) {
            after = 2 * roundTrips.smoothed() + (outstanding.size() == 1 ? RoundTrips.RTO_MIN : SHORTEST_TIMER);
        }
        long limit = restarts ? timeout() : untilTimeout(now);
        timer.arm(SenderTimer.Kind.PROBE, now, limit > 0 ? Math.min(after, limit) : after);
        return true;
    }

    /** Does what the timer was set for, if it is due. */
    void tick(long now) {
        if (repairsWait && nextRepairAt <= now) {
            repairsWait = false;
            if (state != State.OPEN) {
                retransmitLost(now);
            }
            push(now);
        }
        switch (timer.takeDue(now)) {
            case PROBE -> probe(now);
            case REORDERING -> reorderingTimedOut(now);
            case RETRANSMISSION -> retransmissionTimedOut(now);
            case NONE -> {}
        }
    }

    private void probe(long now) {
        if (outstanding.isEmpty()) {
            timer.stop();
            return;
        }
        if (!probe.isOut()) {
            boolean repeats = !hasUnsent();
            if (repeats) {
                retransmit(outstanding.size() - 1, now);
            } else {
                sendNew(now);
            }
            probe.sent(next, repeats);
            timer.stop();
        }
        armRetransmission(now);
    }

    private void reorderingTimedOut(long now) {
        rack.markLost(outstanding, state != State.OPEN, roundTrips, now);
        if (outstanding.anyLost()) {
            if (state == State.OPEN) {
                enterRecovery(now);
            }
            retransmitLost(now);
        }
        if (!timer.is(SenderTimer.Kind.RETRANSMISSION)) {
            armRetransmission(now);
        }
    }

    /** The retransmission time-out (tcp_enter_loss): everything is held to be lost, the first is sent again, patience doubles. */
    private void retransmissionTimedOut(long now) {
        if (outstanding.isEmpty()) {
            timer.stop();
            return;
        }
        if (++retransmissions > MAX_RETRANSMISSIONS) {
            timedOut = true;
            timer.stop();
            return;
        }
        mayBeSpurious = state == State.OPEN || retransmissions > 1;
        Segment head = outstanding.head();
        for (Segment segment : outstanding.segments()) {
            boolean recent = segment != head && segment.sentAt + rack.roundTrip() > now;
            if (!segment.sacked && !recent) {
                segment.markLost();
            }
        }
        window.timedOut(outstanding.inFlight());
        state = State.LOSS;
        recoverUpTo = next;
        probe.forget();
        retransmit(0, now);
        backoff++;
        timer.arm(SenderTimer.Kind.RETRANSMISSION, now, timeout());
    }
}
