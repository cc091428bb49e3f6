package dev.kintsugi.features.cluster.embedded.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.embedded.network.tcp.Side;
import dev.kintsugi.features.cluster.embedded.network.tcp.TcpConversation;
import dev.kintsugi.features.cluster.embedded.network.tcp.TcpEvent;
import dev.kintsugi.features.cluster.embedded.network.tcp.Wire;
import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CrossingTest {

    private static final TcpEvent REQUEST = new TcpEvent.Delivered(Side.POD, 5);

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final List<TcpEvent> seen = new ArrayList<>();
    private final CompletableFuture<Crossing> crossing = new CompletableFuture<>();
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();
    private final CompletableFuture<Void> requested = new CompletableFuture<>();

    @AfterEach
    void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }

    @Test
    void requestThatOpensTheConnectionInPlaceOfALostAcknowledgementWaitsUntilTheTargetIsReached() throws Exception {
        Crossing started = onLoop(() -> {
            Crossing begun =
                    new Crossing(loop, now -> TcpConversation.connecting(losingTheThirdPacket(), now), this::seen);
            crossing.complete(begun);
            begun.write(Side.CLIENT, 5);
            return begun;
        });
        accepted.get(10, TimeUnit.SECONDS);

        assertThat(onLoop(() -> List.copyOf(seen))).endsWith(new TcpEvent.Accepted());
        assertThat(onLoop(started::isQuiet)).isFalse();

        loop.submit(started::resume).get(10, TimeUnit.SECONDS);
        requested.get(10, TimeUnit.SECONDS);
    }

    private void seen(TcpEvent event) {
        seen.add(event);
        if (event instanceof TcpEvent.Accepted) {
            crossing.join().hold();
            accepted.complete(null);
        } else if (event.equals(REQUEST)) {
            requested.complete(null);
        }
    }

    /** SYN and SYN-ACK arrive, the acknowledgement that ends the handshake does not. */
    private static Wire losingTheThirdPacket() {
        AtomicInteger packets = new AtomicInteger();
        return (from, size, now, leaves) -> {
            if (packets.incrementAndGet() != 3) {
                leaves.accept(now);
            }
        };
    }

    private <T> T onLoop(java.util.concurrent.Callable<T> question) throws Exception {
        return loop.submit(question).get(10, TimeUnit.SECONDS);
    }
}
