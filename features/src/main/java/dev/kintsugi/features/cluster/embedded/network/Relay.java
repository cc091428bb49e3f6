package dev.kintsugi.features.cluster.embedded.network;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * One relayed connection: two byte streams, the end of each by itself, a reset of one socket passed on as a reset of the
 * other. Belongs to one event loop.
 */
final class Relay {

    private static final String ANYBODY = "127.0.0.1";

    private final SocketChannel client;
    private final InetSocketAddress target;
    private final LossyPath path;
    private final Promise<Void> reached;
    private final Promise<Void> closed;
    private final RelayedStream toTarget = new RelayedStream(this);
    private final RelayedStream toClient = new RelayedStream(this);
    private @Nullable SocketChannel server;
    private boolean over;

    Relay(SocketChannel client, InetSocketAddress target, LossyPath path) {
        this.client = client;
        this.target = target;
        this.path = path;
        this.reached = client.eventLoop().newPromise();
        this.closed = client.eventLoop().newPromise();
    }

    /**
     * Connects to the target and starts to relay.
     *
     * @return done when the target accepted; failed when it did not, in which case the client is reset
     */
    Future<Void> start() {
        client.pipeline().addLast(new RelayedStream.Reader(toTarget, toClient));
        client.closeFuture().addListener(gone -> socketClosed());
        connect();
        return reached;
    }

    /** Done when both sockets are closed. */
    Future<Void> closed() {
        return closed;
    }

    private InetAddress peer() {
        return client.remoteAddress().getAddress();
    }

    /** Connects from the client's own address, so that the target sees who calls, unless that is everybody's. */
    private void connect() {
        Bootstrap bootstrap = new Bootstrap()
                .group(client.eventLoop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new RelayedStream.Reader(toClient, toTarget));
        if (!peer().getHostAddress().equals(ANYBODY)) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).localAddress(new InetSocketAddress(peer(), 0));
        }
        ChannelFuture connecting = bootstrap.connect(target);
        SocketChannel opened = (SocketChannel) connecting.channel();
        server = opened;
        opened.closeFuture().addListener(gone -> socketClosed());
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                toTarget.connect(client, opened);
                toClient.connect(opened, client);
                reached.trySuccess(null);
            } else {
                reset();
                reached.tryFailure(done.cause());
            }
        });
    }

    /** A stream has ended and its sink knows: when both have, the connection is over. */
    void streamFinished() {
        if (toTarget.isFinished() && toClient.isFinished()) {
            close();
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
        if (server != null) {
            reset(server);
        }
    }

    /** Resets both sockets unless the target has ended its stream. */
    void resetUnlessTargetEnded() {
        if (!toClient.isEnded()) {
            reset();
        }
    }

    private static void reset(SocketChannel channel) {
        if (channel.isOpen()) {
            try {
                channel.config().setSoLinger(0);
            } catch (RuntimeException closedByPeer) {
                // Nothing is left to be reset.
            }
            channel.close();
        }
    }

    private void close() {
        over = true;
        client.close();
        if (server != null) {
            server.close();
        }
    }

    private void socketClosed() {
        boolean clientGone = !client.isOpen();
        boolean serverGone = server == null || !server.isOpen();
        if (clientGone && serverGone) {
            toTarget.release();
            toClient.release();
            reached.tryFailure(new ClosedChannelException());
            closed.trySuccess(null);
        } else {
            reset();
        }
    }

    void pathChanged() {}
}
