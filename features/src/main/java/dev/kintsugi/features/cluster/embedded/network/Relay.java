package dev.kintsugi.features.cluster.embedded.network;

import dev.kintsugi.features.cluster.embedded.network.http.HttpFilter;
import dev.kintsugi.features.cluster.embedded.network.http.HttpRules;
import dev.kintsugi.features.cluster.embedded.network.tcp.Side;
import dev.kintsugi.features.cluster.embedded.network.tcp.TcpConversation;
import dev.kintsugi.features.cluster.embedded.network.tcp.TcpEvent;
import dev.kintsugi.features.cluster.embedded.network.tcp.Wire;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One relayed connection: two byte streams, the end of each by itself, a reset of one socket passed on as a reset of the
 * other. While a fault concerns the client, all of it crosses the lossy path; otherwise bytes pass as they come. Belongs to
 * one event loop.
 *
 * <p>What a lossy path cannot show here: this machine's kernel has completed the client's handshake before the relay hears
 * of it. What the handshake would have taken on the path therefore delays the first bytes instead, and so counts against the
 * client's time-out for reading rather than for connecting. With both equal, a connection that would not have come about in
 * time fails after the same time; one that would have, late, has that much less time left for the answer. A client whose
 * connection would have timed out in the end (ETIMEDOUT) is reset.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closing a socket or arming a timer returns tells nothing
final class Relay {

    private static final String ANYBODY = "127.0.0.1";

    private final SocketChannel client;
    private final SocketChannel server = new NioSocketChannel();
    private final InetSocketAddress target;
    private final ConnectionPath path;
    private final HttpRules rules;
    private final Promise<Void> reached;
    private final Promise<Void> closed;
    private final RelayedStream toTarget;
    private final RelayedStream toClient;
    private @Nullable Crossing crossing;
    private @Nullable HttpFilter filter;
    private @Nullable Side lastWriter;
    private boolean hangingUp;
    private boolean connecting;
    private boolean over;

    Relay(SocketChannel client, InetSocketAddress target, ConnectionPath path, HttpRules rules) {
        this.client = client;
        this.target = target;
        this.path = path;
        this.rules = rules;
        this.reached = client.eventLoop().newPromise();
        this.closed = client.eventLoop().newPromise();
        this.toTarget = new RelayedStream(this, Side.CLIENT, client, server);
        this.toClient = new RelayedStream(this, Side.POD, server, client);
    }

    /**
     * Connects to the target and starts to relay.
     *
     * @return done when the target accepted; failed when it did not, in which case the client is reset
     */
    Future<Void> start() {
        client.pipeline().addLast(new RelayedStream.Reader(toTarget, toClient));
        client.closeFuture().addListener(gone -> socketClosed());
        if (path.isImpaired()) {
            cross(TcpConversation::connecting);
            toTarget.readMore();
        } else {
            connect();
        }
        return reached;
    }

    /** Done when both sockets are closed. */
    Future<Void> closed() {
        return closed;
    }

    /** Takes note that faults were applied or cleared. Once on the lossy path, a connection stays until that is quiet. */
    void pathChanged() {
        if (crossing == null && !over && path.isImpaired()) {
            cross(TcpConversation::established);
        }
    }

    /** Takes note that rules on HTTP messages were applied or cleared. */
    void rulesChanged() {
        HttpFilter present = filter;
        if (present != null) {
            present.leaveIfIdle();
        } else if (connecting && !over && !rules.isEmpty()) {
            filter();
        }
    }

    private void filter() {
        HttpFilter added = new HttpFilter(rules, lastWriter == Side.CLIENT, this::hangUp, () -> filter = null);
        filter = added;
        server.pipeline().addFirst(added);
    }

    /** Takes note of whose bytes went on to the other socket last. */
    void wrote(Side from) {
        lastWriter = from;
    }

    /** Ends the client's stream, and the connection when that has arrived. */
    private void hangUp() {
        hangingUp = true;
        toClient.end();
    }

    private void cross(BiFunction<Wire, Long, TcpConversation> start) {
        path.countImpaired();
        Crossing begun = new Crossing(client.eventLoop(), now -> start.apply(path::send, now), this::happened);
        crossing = begun;
        begun.run();
    }

    private void happened(TcpEvent event) {
        if (event instanceof TcpEvent.Accepted) {
            connect();
        } else if (event instanceof TcpEvent.Delivered delivered) {
            towards(delivered.to()).deliver(delivered.bytes());
        } else if (event instanceof TcpEvent.Ended ended) {
            towards(ended.to()).finish();
        } else if (event instanceof TcpEvent.TimedOut) {
            reset();
        }
    }

    private RelayedStream towards(Side side) {
        return side == Side.POD ? toTarget : toClient;
    }

    /** Takes bytes on their way; returns whether they have arrived already. */
    boolean pass(Side from, int bytes) {
        Crossing used = crossingStillNeeded();
        if (used == null) {
            return true;
        }
        used.write(from, bytes);
        return false;
    }

    /** Takes the end of a stream on its way; returns whether it has arrived already. */
    boolean passEnd(Side from) {
        Crossing used = crossingStillNeeded();
        if (used == null) {
            return true;
        }
        used.finish(from);
        return false;
    }

    private @Nullable Crossing crossingStillNeeded() {
        Crossing used = crossing;
        if (used != null && used.isQuiet() && !path.isImpaired()) {
            used.stop();
            crossing = null;
        }
        return crossing;
    }

    private InetAddress peer() {
        return client.remoteAddress().getAddress();
    }

    /** Connects from the client's own address, so that the target sees who calls, unless that is everybody's. */
    private void connect() {
        Bootstrap bootstrap = new Bootstrap()
                .group(client.eventLoop())
                .channelFactory(() -> server)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new RelayedStream.Reader(toClient, toTarget));
        if (!peer().getHostAddress().equals(ANYBODY)) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).localAddress(new InetSocketAddress(peer(), 0));
        }
        if (crossing != null) {
            crossing.hold();
        }
        connecting = true;
        ChannelFuture attempt = bootstrap.connect(target);
        rulesChanged();
        server.closeFuture().addListener(gone -> socketClosed());
        attempt.addListener(done -> {
            if (!done.isSuccess()) {
                reset();
                reached.tryFailure(done.cause());
                return;
            }
            reached.trySuccess(null);
            toTarget.readMore();
            toClient.readMore();
            if (crossing != null) {
                crossing.resume();
            }
        });
    }

    /** A stream has ended and its sink knows: when both have, the connection is over. */
    void streamFinished() {
        if (toClient.isFinished() && (toTarget.isFinished() || hangingUp)) {
            over = true;
            client.close();
            server.close();
        }
    }

    /** Resets both sockets. */
    void reset() {
        if (over) {
            return;
        }
        over = true;
        path.countReset();
        reset(client);
        if (connecting) {
            reset(server);
        } else {
            server.unsafe().closeForcibly();
        }
    }

    /** Resets both sockets unless the target has ended its stream. */
    void resetUnlessTargetEnded() {
        if (!toClient.isEnded()) {
            reset();
        }
    }

    private static void reset(SocketChannel channel) {
        try {
            channel.config().setSoLinger(0);
        } catch (ChannelException closedByPeer) {
            // There is nobody left to tell.
        }
        channel.close();
    }

    private void socketClosed() {
        if (client.isOpen() || server.isOpen()) {
            reset();
            return;
        }
        over = true;
        if (crossing != null) {
            crossing.stop();
        }
        toTarget.release();
        toClient.release();
        reached.tryFailure(new ClosedChannelException());
        closed.trySuccess(null);
    }
}
