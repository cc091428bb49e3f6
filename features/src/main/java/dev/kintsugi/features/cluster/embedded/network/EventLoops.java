package dev.kintsugi.features.cluster.embedded.network;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** The threads that move bytes, shared by all links and Service proxies of one cluster. */
final class EventLoops implements AutoCloseable {

    private static final int THREADS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

    private final NioEventLoopGroup group =
            new NioEventLoopGroup(THREADS, new DefaultThreadFactory("embedded-network", true));

    EventLoop next() {
        return group.next();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
