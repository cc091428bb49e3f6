package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How a connection comes about over a bad path. The client repeats its SYN after 1, 2, 3, 4, 5 s and then at doubling waits
 * (tcp_syn_linear_timeouts is 4 since Linux 6.5, tcp_syn_retries 6). The pod repeats its SYN-ACK by a timer of its own, after
 * 1 s and then at doubling waits, and whenever a SYN comes again, which also restarts the timer (tcp_check_req).
 */
final class Handshake {

    private static final long INITIAL = RoundTrips.INITIAL_RTO;
    private static final int LINEAR_RETRIES = 4;
    private static final int SYN_RETRIES = 6 + LINEAR_RETRIES;
    private static final int SYN_ACK_RETRIES = 5;
    /** tcp_invalid_ratelimit: a repeated SYN is answered at most this often. */
    private static final long ANSWER_INTERVAL = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long NEVER = Long.MAX_VALUE;

    private final Consumer<Packet> path;
    private final TcpEndpoint client;
    private final TcpEndpoint pod;

    private boolean connected;
    private boolean accepted;
    private boolean timedOut;

    private int synRetries;
    private long synTimeout = INITIAL;
    private long synTimer = NEVER;
    private int waitingBytes;
    private boolean waitingEnd;

    private boolean requested;
    private long firstSynAckAt;
    private int synAckRetries;
    private int synAckTimeouts;
    private long synAckTimer = NEVER;
    private long lastAnswerAt = Long.MIN_VALUE / 2;

    Handshake(Consumer<Packet> path, TcpEndpoint client, TcpEndpoint pod, boolean done) {
        this.path = path;
        this.client = client;
        this.pod = pod;
        this.connected = done;
        this.accepted = done;
    }

    boolean isConnected() {
        return connected;
    }

    boolean isAccepted() {
        return accepted;
    }

    boolean hasTimedOut() {
        return timedOut;
    }

    long nextTimer() {
        return Math.min(synTimer, synAckTimer);
    }

    void connect(long now) {
        sendSyn(now);
    }

    void writeWhenConnected(int bytes) {
        waitingBytes += bytes;
    }

    void finishWhenConnected() {
        waitingEnd = true;
    }

    private void sendSyn(long now) {
        path.accept(bare(Side.CLIENT, Packet.Kind.SYN, now, Packet.NO_ECHO));
        synTimer = KernelTimer.expiry(now, synTimeout);
    }

    private void sendSynAck(long echo, long now) {
        path.accept(bare(Side.POD, Packet.Kind.SYN_ACK, now, echo));
        synAckTimer = KernelTimer.expiry(now, INITIAL << synAckTimeouts);
    }

    private static Packet bare(Side from, Packet.Kind kind, long now, long echo) {
        return new Packet(from, kind, 0, 0, false, 0, List.of(), now, echo);
    }

    void tick(List<TcpEvent> events, long now) {
        if (synTimer <= now) {
            repeatSyn(events, now);
        }
        if (synAckTimer <= now) {
            repeatSynAck(now);
        }
    }

    private void repeatSyn(List<TcpEvent> events, long now) {
        if (synRetries >= SYN_RETRIES) {
            timedOut = true;
            synTimer = NEVER;
            events.add(new TcpEvent.TimedOut(Side.CLIENT));
            return;
        }
        synRetries++;
        if (synRetries > LINEAR_RETRIES) {
            synTimeout *= 2;
        }
        sendSyn(now);
    }

    private void repeatSynAck(long now) {
        if (synAckTimeouts >= SYN_ACK_RETRIES) {
            requested = false;
            synAckTimer = NEVER;
            return;
        }
        synAckTimeouts++;
        synAckRetries++;
        sendSynAck(Packet.NO_ECHO, now);
    }

    /**
     * Takes what belongs to the handshake.
     *
     * @return whether the packet is for the established connection
     */
    boolean receive(Packet packet, List<TcpEvent> events, long now) {
        return switch (packet.kind()) {
            case SYN -> {
                receiveSyn(packet, now);
                yield false;
            }
            case SYN_ACK -> {
                receiveSynAck(packet, events, now);
                yield false;
            }
            case ESTABLISHED -> packet.from() == Side.CLIENT ? acceptFrom(packet, events, now) : connected;
        };
    }

    private void receiveSyn(Packet syn, long now) {
        if (accepted) {
            pod.acknowledgeNow(now);
        } else if (!requested) {
            requested = true;
            firstSynAckAt = now;
            synAckRetries = 0;
            synAckTimeouts = 0;
            sendSynAck(syn.sentAt(), now);
        } else if (now - lastAnswerAt >= ANSWER_INTERVAL) {
            lastAnswerAt = now;
            synAckRetries++;
            sendSynAck(syn.sentAt(), now);
        }
    }

    private void receiveSynAck(Packet synAck, List<TcpEvent> events, long now) {
        client.receiver().echo(synAck.sentAt());
        if (connected) {
            client.acknowledgeNow(now);
            return;
        }
        connected = true;
        synTimer = NEVER;
        measure(client, synRetries == 0, synAck.echo(), now);
        events.add(new TcpEvent.Connected());
        client.acknowledgeNow(now);
        if (waitingBytes > 0) {
            client.sender().write(waitingBytes, now);
        }
        if (waitingEnd) {
            client.sender().finish(now);
        }
    }

    private boolean acceptFrom(Packet packet, List<TcpEvent> events, long now) {
        if (accepted) {
            return true;
        }
        if (!requested) {
            return false;
        }
        accepted = true;
        synAckTimer = NEVER;
        measure(pod, synAckRetries == 0, packet.echo(), now);
        if (synAckTimeouts > 0 && synAckRetries > 1 && packet.echo() != firstSynAckAt) {
            pod.sender().window().startSmall();
        }
        events.add(new TcpEvent.Accepted());
        return true;
    }

    private static void measure(TcpEndpoint end, boolean unambiguous, long echo, long now) {
        if (echo != Packet.NO_ECHO) {
            long elapsed = now - echo;
            long wholeMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(elapsed)) * 1_000_000;
            end.sender().roundTrips().measured(unambiguous ? elapsed : wholeMillis);
        }
    }
}
