package dev.kintsugi.features.cluster.embedded.network.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The client and the server of the recordings, in virtual time: an open loop whose every socket operation times out after
 * 10 s, and a server that writes its header and its body one after the other.
 */
final class SimulatedClient {

    private static final long MICROS = 1_000;
    private static final long MILLIS = 1_000_000;
    private static final long TIMEOUT = 10_000 * MILLIS;
    private static final int REQUEST = 120;
    private static final int HEADER = 150;
    private static final long BETWEEN_WRITES = 100 * MICROS;

    private final SplittableRandom random;
    private final double loss;
    private final List<Double> atRest;

    /** @param atRest what the client's and the server's own work costs: latencies recorded without loss */
    SimulatedClient(double loss, Recording atRest, long seed) {
        this.random = new SplittableRandom(seed);
        this.loss = loss;
        this.atRest = atRest.latencies();
    }

    /** Each request on a connection of its own, which the server closes after the answer. */
    Recording onNewConnections(int requests, long interval, int answer) {
        List<Double> latencies = new ArrayList<>();
        int failed = 0;
        for (int i = 0; i < requests; i++) {
            long start = i * interval + random.nextLong(KernelTimer.JIFFY_NANOS);
            Exchange exchange = new Exchange(TcpConversation.connecting(wire(), start), answer, true);
            if (exchange.connect(start) && exchange.request(exchange.conversation.clock())) {
                latencies.add((exchange.conversation.clock() - start) / 1e6 + ownWork());
            } else {
                failed++;
            }
        }
        return Recording.of("simulated", latencies, failed);
    }

    /** Requests in turn on connections that are kept, each of which takes the next when it is done with the last. */
    Recording onKeptConnections(int requests, long interval, int answer, int connections) {
        List<Double> latencies = new ArrayList<>();
        int failed = 0;
        Exchange[] kept = new Exchange[connections];
        long[] freeAt = new long[connections];
        for (int i = 0; i < requests; i++) {
            int which = i % connections;
            long intended = i * interval + random.nextLong(KernelTimer.JIFFY_NANOS);
            long start = Math.max(intended, freeAt[which]);
            Exchange exchange = kept[which];
            boolean open = exchange != null;
            long connectedAt = start;
            if (!open) {
                exchange = new Exchange(TcpConversation.connecting(wire(), start), answer, false);
                kept[which] = exchange;
                open = exchange.connect(start);
                connectedAt = exchange.conversation.clock();
            }
            if (open && exchange.request(connectedAt)) {
                latencies.add((exchange.conversation.clock() - start) / 1e6 + ownWork());
            } else {
                failed++;
                kept[which] = null;
            }
            freeAt[which] = exchange.conversation.clock() + 200 * MICROS;
        }
        return Recording.of("simulated", latencies, failed);
    }

    private double ownWork() {
        return atRest.get(random.nextInt(atRest.size()));
    }

    private Wire wire() {
        return (from, size, now, leaves) -> {
            if (from == Side.CLIENT || random.nextDouble() >= loss) {
                leaves.accept(now);
            }
        };
    }

    /** The two applications at the ends of one conversation. */
    private static final class Exchange {
        final TcpConversation conversation;
        final int answer;
        final boolean serverCloses;
        long bodyAt = Long.MAX_VALUE;
        long closeAt = Long.MAX_VALUE;
        int requestBytes;

        Exchange(TcpConversation conversation, int answer, boolean serverCloses) {
            this.conversation = conversation;
            this.answer = answer;
            this.serverCloses = serverCloses;
        }

        boolean connect(long now) {
            while (conversation.clock() < now + TIMEOUT) {
                for (TcpEvent event : conversation.advanceToNextEvent(now + TIMEOUT)) {
                    if (event instanceof TcpEvent.Connected) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** Sends a request and reads the answer; each read may take 10 s. */
        boolean request(long now) {
            conversation.advance(now);
            conversation.write(Side.CLIENT, REQUEST, now);
            int missing = HEADER + answer;
            long lastRead = now;
            while (missing > 0) {
                long limit = lastRead + TIMEOUT;
                List<TcpEvent> events = conversation.advanceToNextEvent(Math.min(limit, Math.min(bodyAt, closeAt)));
                for (TcpEvent event : events) {
                    if (event instanceof TcpEvent.Delivered delivered) {
                        if (delivered.to() == Side.POD) {
                            serve(delivered.bytes());
                        } else {
                            missing -= delivered.bytes();
                            lastRead = conversation.clock();
                        }
                    }
                }
                if (bodyAt <= conversation.clock()) {
                    writeBody();
                } else if (closeAt <= conversation.clock()) {
                    closeAt = Long.MAX_VALUE;
                    conversation.finish(Side.POD, conversation.clock());
                } else if (events.isEmpty() && conversation.clock() >= limit) {
                    return false;
                }
            }
            return true;
        }

        private void serve(int bytes) {
            requestBytes += bytes;
            if (requestBytes >= REQUEST) {
                requestBytes -= REQUEST;
                conversation.write(Side.POD, HEADER, conversation.clock());
                bodyAt = conversation.clock() + BETWEEN_WRITES;
            }
        }

        private void writeBody() {
            bodyAt = Long.MAX_VALUE;
            conversation.write(Side.POD, answer, conversation.clock());
            if (serverCloses) {
                closeAt = conversation.clock() + BETWEEN_WRITES;
            }
        }
    }
}
