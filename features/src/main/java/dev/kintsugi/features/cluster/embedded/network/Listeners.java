package dev.kintsugi.features.cluster.embedded.network;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** Opens the listening sockets of links and Services. */
final class Listeners {

    private static final int BACKLOG = 1024;
    private static final int FIRST_UNPRIVILEGED = 1024;

    private Listeners() {}

    /** Listens; whatever is accepted reads only when asked to, and may be closed by halves. */
    static ChannelFuture bind(EventLoop loop, InetSocketAddress address, Consumer<SocketChannel> accept) {
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        accept.accept(client);
                    }
                })
                .bind(address);
    }

    /** Says which address could not be bound, what for, why, and what would help. */
    static BindException cannotBind(InetSocketAddress address, String purpose, Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        String remedy = reason.contains("denied")
                ? "; ports below " + FIRST_UNPRIVILEGED + " need a privilege, choose a higher one"
                : reason.contains("in use")
                        ? "; does another cluster run on this machine with the same addresses?"
                        : "";
        BindException e =
                new BindException("cannot listen on " + text(address) + " for " + purpose + ": " + reason + remedy);
        e.initCause(cause);
        return e;
    }

    static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
