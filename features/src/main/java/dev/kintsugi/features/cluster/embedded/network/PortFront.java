package dev.kintsugi.features.cluster.embedded.network;

import dev.kintsugi.features.cluster.embedded.network.http.HttpRules;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One port of a pod's link. Down: nothing listens, clients are refused. Up: it tries the port inside until that accepts,
 * then listens; when the port inside refuses a connection later (a process that drains, say), it closes and tries again.
 * Belongs to the link's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closing a socket or arming a timer returns tells nothing
final class PortFront {

    /** Tells which pod calls. */
    interface Callers {
        /** The pod whose process has this address, if it is one. */
        ConnectionPath.@Nullable Caller callerAt(InetAddress client);
    }

    private static final Logger LOG = LoggerFactory.getLogger(PortFront.class);
    private static final long SHORTEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long OUTLIVE_MILLIS = 1_000;

    private final EventLoop loop;
    private final InetSocketAddress front;
    private final InetSocketAddress inside;
    private final String pod;
    private final LossyPath path;
    private final Callers callers;
    private final HttpRules rules = new HttpRules();
    private final Set<Relay> relays = new HashSet<>();

    private @Nullable Channel listener;
    private @Nullable CompletableFuture<Void> opening;
    /** Counts ups and downs, so that an answer to an earlier question is told from one to the latest. */
    private int epoch;

    PortFront(
            EventLoop loop,
            Inet4Address podIp,
            Inet4Address insideIp,
            int port,
            String pod,
            LossyPath path,
            Callers callers) {
        this.loop = loop;
        this.front = new InetSocketAddress(podIp, port);
        this.inside = new InetSocketAddress(insideIp, port);
        this.pod = pod;
        this.path = path;
        this.callers = callers;
    }

    /** @throws BindException that names the address, what for, and why not */
    void requireFree() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(front, 1);
        } catch (IOException e) {
            throw cannotBind(e);
        }
    }

    private BindException cannotBind(Throwable cause) {
        return Listeners.cannotBind(front, "pod " + pod, cause);
    }

    /** @param open completes when this port is open; exceptionally if it cannot be, or {@link #down()} comes first */
    void up(CompletableFuture<Void> open) {
        CompletableFuture<Void> earlier = opening;
        if (earlier == null) {
            opening = open;
            watchInside(++epoch, open);
        } else {
            earlier.whenComplete((nothing, failure) -> {
                if (failure == null) {
                    open.complete(null);
                } else {
                    open.completeExceptionally(failure);
                }
            });
        }
    }

    /** Tries the port inside at once and then at waits of about 2 % of the time that passed, within 1 and 50 ms. */
    private void watchInside(int asOf, CompletableFuture<Void> open) {
        tryInside(asOf, open, System.nanoTime());
    }

    private void tryInside(int asOf, CompletableFuture<Void> open, long since) {
        if (asOf != epoch) {
            return;
        }
        ChannelFuture attempt = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.SO_LINGER, 0)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(inside);
        attempt.addListener(done -> {
            if (done.isSuccess()) {
                attempt.channel().close();
                if (asOf == epoch) {
                    listen(asOf, open);
                }
            } else {
                long wait =
                        Math.min(LONGEST_WAIT_NANOS, Math.max(SHORTEST_WAIT_NANOS, (System.nanoTime() - since) / 50));
                loop.schedule(() -> tryInside(asOf, open, since), wait, TimeUnit.NANOSECONDS);
            }
        });
    }

    private void listen(int asOf, CompletableFuture<Void> open) {
        ChannelFuture binding = Listeners.bind(loop, front, this::accept);
        binding.addListener(done -> {
            if (!done.isSuccess()) {
                BindException failure = cannotBind(done.cause());
                LOG.error("{}; the port stays closed", failure.getMessage());
                open.completeExceptionally(failure);
            } else if (asOf == epoch) {
                listener = binding.channel();
                open.complete(null);
            } else {
                binding.channel().close();
            }
        });
    }

    private void accept(SocketChannel client) {
        path.countConnection();
        InetAddress peer = client.remoteAddress().getAddress();
        Relay relay =
                new Relay(client, inside, new ConnectionPath(path, front.getAddress(), peer, callers.callerAt(peer)), rules);
        relays.add(relay);
        relay.closed().addListener(done -> relays.remove(relay));
        int asOf = epoch;
        relay.start().addListener(connected -> {
            if (!connected.isSuccess() && asOf == epoch) {
                closeListener();
                watchInside(++epoch, new CompletableFuture<>());
            }
        });
    }

    void down() {
        stopListening();
        List<Relay> left = List.copyOf(relays);
        loop.schedule(() -> left.forEach(Relay::resetUnlessTargetEnded), OUTLIVE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void stopListening() {
        epoch++;
        CompletableFuture<Void> open = opening;
        opening = null;
        closeListener();
        if (open != null) {
            open.cancel(false);
        }
    }

    private void closeListener() {
        Channel open = listener;
        listener = null;
        if (open != null) {
            open.close();
        }
    }

    int port() {
        return front.getPort();
    }

    HttpRules rules() {
        return rules;
    }

    void rulesChanged() {
        List.copyOf(relays).forEach(Relay::rulesChanged);
    }

    void pathChanged() {
        relays.forEach(Relay::pathChanged);
    }

    void close() {
        stopListening();
        List.copyOf(relays).forEach(Relay::reset);
    }
}
