package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.List;

/** One end of an established conversation. */
final class TcpEndpoint {

    private final Side side;
    private final java.util.function.Consumer<Packet> path;
    private final TcpSender sender = new TcpSender(this::transmit);
    private final TcpReceiver receiver = new TcpReceiver();

    TcpEndpoint(Side side, java.util.function.Consumer<Packet> path) {
        this.side = side;
        this.path = path;
    }

    TcpSender sender() {
        return sender;
    }

    TcpReceiver receiver() {
        return receiver;
    }

    void receive(Packet packet, List<TcpEvent> events, long now) {
        if (packet.occupies()) {
            TcpReceiver.Arrived arrived = receiver.receive(packet, now);
            if (arrived.bytes() > 0) {
                events.add(new TcpEvent.Delivered(side, arrived.bytes()));
            }
            if (arrived.ended()) {
                events.add(new TcpEvent.Ended(side));
            }
        }
        sender.acknowledge(packet, now);
        acknowledgeIfDue(now);
    }

    void tick(long now) {
        sender.tick(now);
        receiver.delayWasInVain(now);
        acknowledgeIfDue(now);
    }

    long nextTimer() {
        return Math.min(sender.timerAt(), receiver.acknowledgeAt());
    }

    void acknowledgeNow(long now) {
        send(sender.next(), 0, false, now);
    }

    private void acknowledgeIfDue(long now) {
        if (receiver.owesAcknowledgement(now)) {
            acknowledgeNow(now);
        }
    }

    private void transmit(long seq, int bytes, boolean fin, long now) {
        send(seq, bytes, fin, now);
    }

    private void send(long seq, int bytes, boolean fin, long now) {
        path.accept(new Packet(
                side,
                Packet.Kind.ESTABLISHED,
                seq,
                bytes,
                fin,
                receiver.next(),
                receiver.sacks(),
                now,
                receiver.echo()));
        receiver.acknowledged(bytes > 0, now);
    }
}
