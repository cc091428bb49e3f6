package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * One TCP connection between two Linux kernels over a path that loses and delays packets, in virtual time: given what the
 * two applications write and when, it tells what they can read and when. The rules are TCP's; nothing is fitted to
 * measurements.
 *
 * <p>Times are nanoseconds on any clock that does not go backwards. Not thread-safe.
 */
public final class TcpConversation {

    /** How long a packet takes one way on a good path: that of a veth pair, which all else here rounds away. */
    private static final long LATENCY = TimeUnit.MICROSECONDS.toNanos(25);

    /** Ethernet, IPv4 and TCP with time stamps. */
    private static final int HEADERS = 14 + 20 + 32;

    private record Arrival(long at, long order, Packet packet) implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    private final Wire wire;
    private final PriorityQueue<Arrival> onTheWay = new PriorityQueue<>();
    private final TcpEndpoint client = new TcpEndpoint(Side.CLIENT, this::launch);
    private final TcpEndpoint pod = new TcpEndpoint(Side.POD, this::launch);
    private final Handshake handshake;
    private long order;
    private long clock;
    private boolean over;

    private TcpConversation(Wire wire, boolean established, long now) {
        this.wire = wire;
        this.clock = now;
        this.handshake = new Handshake(this::launch, client, pod, established);
    }

    /** A connection whose client has just called connect. */
    public static TcpConversation connecting(Wire wire, long now) {
        TcpConversation conversation = new TcpConversation(wire, false, now);
        conversation.handshake.connect(now);
        return conversation;
    }

    /** A connection that was opened, and used, on a good path. */
    public static TcpConversation established(Wire wire, long now) {
        TcpConversation conversation = new TcpConversation(wire, true, now);
        conversation.client.sender().roundTrips().measured(2 * LATENCY);
        conversation.pod.sender().roundTrips().measured(2 * LATENCY);
        return conversation;
    }

    /** An application writes so many bytes. Those of a client that is still connecting wait for the connection. */
    public void write(Side from, int bytes, long now) {
        clock = Math.max(clock, now);
        if (from == Side.CLIENT && !handshake.isConnected()) {
            handshake.writeWhenConnected(bytes);
        } else {
            end(from).sender().write(bytes, clock);
        }
    }

    /** An application ends its stream (shutdown, or close after all was read). */
    public void finish(Side from, long now) {
        clock = Math.max(clock, now);
        if (from == Side.CLIENT && !handshake.isConnected()) {
            handshake.finishWhenConnected();
        } else {
            end(from).sender().finish(clock);
        }
    }

    /** When there is something to do next, or {@link Long#MAX_VALUE}. */
    public long nextAt() {
        if (over) {
            return Long.MAX_VALUE;
        }
        long timers = Math.min(handshake.nextTimer(), Math.min(client.nextTimer(), pod.nextTimer()));
        Arrival first = onTheWay.peek();
        return first == null ? timers : Math.min(timers, first.at());
    }

    /** Lets time pass until {@code now}; returns what the applications see in that time, in order. */
    public List<TcpEvent> advance(long now) {
        List<TcpEvent> events = new ArrayList<>();
        for (long at = nextAt(); at <= now && !over; at = nextAt()) {
            step(Math.max(at, clock), events);
        }
        clock = Math.max(clock, now);
        return events;
    }

    /** Like {@link #advance} up to the first instant at which an application sees something, but no further than {@code limit}. */
    public List<TcpEvent> advanceToNextEvent(long limit) {
        List<TcpEvent> events = new ArrayList<>();
        while (events.isEmpty() && !over && nextAt() <= limit) {
            step(Math.max(nextAt(), clock), events);
        }
        if (events.isEmpty()) {
            clock = Math.max(clock, limit);
        }
        return events;
    }

    /** How far time has passed. */
    public long clock() {
        return clock;
    }

    /** Nothing is under way: both sides have all that was written, and know it. */
    public boolean isQuiet() {
        return handshake.isAccepted()
                && onTheWay.isEmpty()
                && client.sender().isIdle()
                && pod.sender().isIdle();
    }

    private void step(long now, List<TcpEvent> events) {
        clock = now;
        Arrival first = onTheWay.peek();
        if (first != null && first.at() <= now) {
            onTheWay.poll();
            arrive(first.packet(), events, now);
        } else {
            handshake.tick(events, now);
            tick(Side.CLIENT, events, now);
            tick(Side.POD, events, now);
        }
    }

    private void arrive(Packet packet, List<TcpEvent> events, long now) {
        if (handshake.receive(packet, events, now)) {
            end(packet.from().other()).receive(packet, events, now);
        }
        over |= handshake.hasTimedOut();
    }

    private void tick(Side side, List<TcpEvent> events, long now) {
        end(side).tick(now);
        if (end(side).sender().hasTimedOut()) {
            events.add(new TcpEvent.TimedOut(side));
            over = true;
        }
    }

    private void launch(Packet packet) {
        wire.send(
                packet.from(),
                HEADERS + packet.bytes(),
                packet.sentAt(),
                leaves -> onTheWay.add(new Arrival(leaves + LATENCY, order++, packet)));
    }

    private TcpEndpoint end(Side side) {
        return side == Side.CLIENT ? client : pod;
    }
}
