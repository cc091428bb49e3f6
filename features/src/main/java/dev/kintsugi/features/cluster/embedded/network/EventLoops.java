package dev.kintsugi.features.cluster.embedded.network;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that move bytes, shared by all links and Services of one cluster. */
final class EventLoops implements AutoCloseable {

    private static final int THREADS =
            Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));

    /** A selectable channel lets go of its port in the first selection after it was closed, which is over after this time. */
    static final long LETTING_GO_MILLIS = 1;

    private final NioEventLoopGroup group =
            new NioEventLoopGroup(THREADS, new DefaultThreadFactory("embedded-network", true));

    EventLoop next() {
        return group.next();
    }

    /** Waits until the loops have done what they were given, and let go of the ports of the sockets that it closed. */
    void settle() {
        for (EventExecutor loop : group) {
            settle(loop);
        }
    }

    /** Waits until what this loop has closed is closed. */
    static void settle(EventExecutor loop) {
        loop.schedule(() -> {}, LETTING_GO_MILLIS, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
