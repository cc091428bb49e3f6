package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The sending half of one end, as Linux does it with its defaults (net/ipv4/tcp_output.c, tcp_input.c, tcp_timer.c): Nagle's
 * rule, selective acknowledgements, loss found by time (RACK, RFC 8985) and repaired in the same round trip where a later
 * segment arrived, a tail loss probe, and the retransmission time-out of at least 200 ms that doubles.
 */
final class TcpSender {

    /** Payload of a full segment on an Ethernet path with time stamps. */
    static final int MSS = 1448;

    static final long NEVER = Long.MAX_VALUE;

    /** tcp_retries2: the connection is given up with the time-out after this many retransmissions. */
    private static final int MAX_RETRANSMISSIONS = 15;
    /** Three segments known to be ahead prove a hole without waiting (the duplicate acknowledgement threshold). */
    private static final int PROOF_OF_LOSS = 3;
    /** TCP_TIMEOUT_MIN_US. */
    private static final long SHORTEST_TIMER = TimeUnit.MILLISECONDS.toNanos(2);

    /** Puts a segment on the path. */
    interface Output {
        void transmit(long seq, int bytes, boolean fin, long now);
    }

    private enum State {
        OPEN,
        RECOVERY,
        LOSS
    }

    private enum Timer {
        NONE,
        RETRANSMISSION,
        PROBE,
        REORDERING
    }

    private final Output output;
    private final RoundTrips roundTrips = new RoundTrips();
    private final CongestionWindow window = new CongestionWindow();
    private final List<Segment> outstanding = new ArrayList<>();

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
    private int lostEver;

    private int backoff;
    private int retransmissions;
    private boolean mayBeSpurious;
    private long probedUpTo = -1;
    private boolean probeWasRetransmission;

    private long rackSentAt;
    private long rackEnd;
    private long rackRoundTrip;
    private boolean rackAdvanced;

    private Timer timer = Timer.NONE;
    private long timerAt = NEVER;
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
        return timerAt;
    }

    // ---- sending

    /** Sends what the window and Nagle's rule allow: a small segment waits while another small one is not acknowledged. */
    private void push(long now) {
        int before = outstanding.size();
        while (hasUnsent() && inFlight() < window.size()) {
            boolean small = unsent < MSS;
            if (small && !finishing && lastSmallEnd > unacknowledged) {
                break;
            }
            sendNew(now);
        }
        if (outstanding.size() > before) {
            if (before == 0 || timer == Timer.PROBE) {
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

    /** Sends a segment again, together with those after it that fit in with it (tcp_retrans_try_collapse). */
    private void retransmit(int index, long now) {
        Segment segment = outstanding.get(index);
        while (index + 1 < outstanding.size() && segment.takesIn(outstanding.get(index + 1), MSS)) {
            outstanding.remove(index + 1);
        }
        segment.retransmitted = true;
        segment.repairing = segment.lost;
        transmit(segment, now);
    }

    private void retransmitLost(long now) {
        for (int i = 0; i < outstanding.size() && inFlight() < window.size(); i++) {
            Segment segment = outstanding.get(i);
            if (segment.lost && !segment.sacked && !segment.repairing) {
                retransmit(i, now);
                if (i == 0 && timer != Timer.REORDERING) {
                    arm(Timer.RETRANSMISSION, now, timeout());
                }
            }
        }
    }

    private int inFlight() {
        int count = 0;
        for (Segment segment : outstanding) {
            if (segment.inFlight()) {
                count++;
            }
        }
        return count;
    }

    // ---- acknowledgements

    /** What one acknowledgement brought. */
    private static final class Progress {
        boolean advanced;
        boolean originals;
        boolean sackedNew;
        /** It says nothing new and carries nothing. */
        boolean duplicate;

        int delivered;
        long sample = -1;
        long sackSample = -1;
    }

    void acknowledge(Packet packet, long now) {
        long ack = packet.ack();
        if (ack > next) {
            return;
        }
        Progress progress = new Progress();
        markSacked(packet.sacks(), progress, now);
        removeAcknowledged(ack, progress, now);
        measure(progress, packet.echo(), now);
        if (progress.advanced) {
            unacknowledged = Math.max(unacknowledged, ack);
            retransmissions = 0;
        }
        progress.duplicate = !progress.advanced && !packet.occupies();
        settleProbe(ack, progress);
        boolean rearm = progress.advanced;
        boolean sendNewFirst = false;
        if (state == State.RECOVERY && ack >= recoverUpTo) {
            recovered();
        }
        if (state == State.LOSS) {
            sendNewFirst = advanceThroughLoss(ack, progress);
        }
        int lostBefore = lostEver;
        if (findLost(now)) {
            rearm = false;
        }
        if (state == State.OPEN && anyLost()) {
            enterRecovery(now);
        } else if (state == State.RECOVERY && rackSentAt > recoveringSince) {
            window.repairGoesOn();
        }
        if (rearm) {
            scheduleProbeOrRetransmission(now);
        }
        window.acknowledged(progress.delivered, lostEver - lostBefore, inFlight());
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

    private void markSacked(List<Packet.Range> sacks, Progress progress, long now) {
        if (sacks.isEmpty()) {
            return;
        }
        for (Segment segment : outstanding) {
            if (!segment.sacked && covered(segment, sacks)) {
                delivered(segment, progress, now);
                segment.sacked = true;
                progress.sackedNew = true;
                if (!segment.retransmitted) {
                    progress.sackSample = now - segment.sentAt;
                }
            }
        }
    }

    private static boolean covered(Segment segment, List<Packet.Range> sacks) {
        for (Packet.Range range : sacks) {
            if (range.covers(segment.seq, segment.end())) {
                return true;
            }
        }
        return false;
    }

    private void removeAcknowledged(long ack, Progress progress, long now) {
        while (!outstanding.isEmpty() && outstanding.get(0).end() <= ack) {
            Segment segment = outstanding.remove(0);
            progress.advanced = true;
            if (!segment.sacked) {
                delivered(segment, progress, now);
                if (!segment.retransmitted && progress.sample < 0) {
                    progress.sample = now - segment.sentAt;
                }
            }
        }
    }

    private void delivered(Segment segment, Progress progress, long now) {
        progress.delivered++;
        if (!segment.retransmitted && segment.end() <= recoverUpTo) {
            progress.originals = true;
        }
        long roundTrip = now - segment.sentAt;
        if (segment.retransmitted && roundTrip < roundTrips.shortest()) {
            return;
        }
        rackAdvanced = true;
        rackRoundTrip = roundTrip;
        if (sentAfter(segment.sentAt, segment.end(), rackSentAt, rackEnd)) {
            rackSentAt = segment.sentAt;
            rackEnd = segment.end();
        }
    }

    private static boolean sentAfter(long sentAt, long end, long otherSentAt, long otherEnd) {
        return sentAt > otherSentAt || (sentAt == otherSentAt && end > otherEnd);
    }

    /** A round trip is measured on what was sent once; failing that, by the time stamp that an advance echoes, in whole ms. */
    private void measure(Progress progress, long echo, long now) {
        long sample = progress.sample >= 0 ? progress.sample : progress.sackSample;
        if (sample < 0 && progress.advanced && echo != Packet.NO_ECHO) {
            sample = Math.max(1, TimeUnit.NANOSECONDS.toMillis(now - echo)) * 1_000_000;
        }
        if (sample >= 0) {
            roundTrips.measured(sample);
            backoff = 0;
        }
    }

    private void settleProbe(long ack, Progress progress) {
        if (probedUpTo < 0 || ack < probedUpTo) {
            return;
        }
        if (!probeWasRetransmission) {
            probedUpTo = -1;
        } else if (ack > probedUpTo) {
            probedUpTo = -1;
        } else if (progress.duplicate && !progress.sackedNew) {
            probedUpTo = -1;
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
                outstanding.forEach(segment -> segment.lost = false);
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

    /**
     * RACK: a segment is lost when one that was sent later has arrived and it has had a round trip and a little more for itself.
     *
     * @return whether a timer was set, for those that need that little more
     */
    private boolean findLost(long now) {
        if (!rackAdvanced) {
            return false;
        }
        rackAdvanced = false;
        long wait = markLostByTime(now);
        if (wait > 0) {
            arm(Timer.REORDERING, now, wait + SHORTEST_TIMER);
            return true;
        }
        return false;
    }

    private long markLostByTime(long now) {
        long reordering = reorderingWindow();
        long longest = 0;
        for (Segment segment : outstanding) {
            if (segment.sacked
                    || (segment.lost && !segment.repairing)
                    || !sentAfter(rackSentAt, rackEnd, segment.sentAt, segment.end())) {
                continue;
            }
            long remaining = rackRoundTrip + reordering - (now - segment.sentAt);
            if (remaining <= 0) {
                segment.markLost();
                lostEver++;
            } else {
                longest = Math.max(longest, remaining);
            }
        }
        return longest;
    }

    private long reorderingWindow() {
        long ahead = outstanding.stream().filter(segment -> segment.sacked).count();
        if (state != State.OPEN || ahead >= PROOF_OF_LOSS) {
            return 0;
        }
        return Math.min(roundTrips.shortest() / 4, roundTrips.smoothed());
    }

    private boolean anyLost() {
        for (Segment segment : outstanding) {
            if (segment.lost && !segment.sacked) {
                return true;
            }
        }
        return false;
    }

    private void enterRecovery(long now) {
        state = State.RECOVERY;
        recoverUpTo = next;
        recoveringSince = now;
        probedUpTo = -1;
        window.repairStarts(inFlight());
    }

    // ---- timers

    private long timeout() {
        return Math.min(RoundTrips.RTO_MAX, roundTrips.timeout() << Math.min(backoff, 10));
    }

    private void arm(Timer which, long now, long after) {
        timer = which;
        timerAt = KernelTimer.expiry(now, after);
    }

    /** What is left of the time-out that runs from the head's latest transmission. */
    private long untilTimeout(long now) {
        return outstanding.isEmpty() ? timeout() : outstanding.get(0).sentAt + timeout() - now;
    }

    private void armRetransmission(long now) {
        if (outstanding.isEmpty()) {
            timer = Timer.NONE;
            timerAt = NEVER;
            return;
        }
        boolean runsAlready = timer == Timer.PROBE || timer == Timer.REORDERING;
        arm(Timer.RETRANSMISSION, now, runsAlready ? Math.max(1, untilTimeout(now)) : timeout());
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
        arm(Timer.PROBE, now, limit > 0 ? Math.min(after, limit) : after);
        return true;
    }

    /** Does what the timer was set for, if it is due. */
    void tick(long now) {
        if (timerAt > now) {
            return;
        }
        Timer due = timer;
        timerAt = NEVER;
        switch (due) {
            case PROBE -> probe(now);
            case REORDERING -> reorderingTimedOut(now);
            case RETRANSMISSION -> retransmissionTimedOut(now);
            case NONE -> {}
        }
    }

    private void probe(long now) {
        if (outstanding.isEmpty()) {
            timer = Timer.NONE;
            return;
        }
        if (probedUpTo < 0) {
            probeWasRetransmission = !hasUnsent();
            if (probeWasRetransmission) {
                retransmit(outstanding.size() - 1, now);
            } else {
                sendNew(now);
            }
            probedUpTo = next;
            timer = Timer.NONE;
        }
        armRetransmission(now);
    }

    private void reorderingTimedOut(long now) {
        markLostByTime(now);
        if (anyLost()) {
            if (state == State.OPEN) {
                enterRecovery(now);
            }
            retransmitLost(now);
        }
        if (timer != Timer.RETRANSMISSION) {
            armRetransmission(now);
        }
    }

    /** The retransmission time-out (tcp_enter_loss): everything is held to be lost, the first is sent again, patience doubles. */
    private void retransmissionTimedOut(long now) {
        if (outstanding.isEmpty()) {
            timer = Timer.NONE;
            return;
        }
        if (++retransmissions > MAX_RETRANSMISSIONS) {
            timedOut = true;
            timer = Timer.NONE;
            return;
        }
        mayBeSpurious = state == State.OPEN || retransmissions > 1;
        Segment head = outstanding.get(0);
        for (Segment segment : outstanding) {
            boolean recent = segment != head && segment.sentAt + rackRoundTrip > now;
            if (!segment.sacked && !recent) {
                segment.markLost();
            }
        }
        window.timedOut(inFlight());
        state = State.LOSS;
        recoverUpTo = next;
        probedUpTo = -1;
        retransmit(0, now);
        backoff++;
        arm(Timer.RETRANSMISSION, now, timeout());
    }
}
