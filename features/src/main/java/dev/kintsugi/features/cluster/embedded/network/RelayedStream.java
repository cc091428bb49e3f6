package dev.kintsugi.features.cluster.embedded.network;

import dev.kintsugi.features.cluster.embedded.network.tcp.Side;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One direction of a relayed connection. Its source is read only while the sink takes what is written and little is on the
 * path, so that what waits here stays within bounds however fast the one and slow the other.
 */
final class RelayedStream {

    /** As much as a sender's kernel would hold for a connection that does not get on. */
    private static final int MOST_ON_THE_PATH = 256 * 1024;

    private final Relay relay;
    private final Side from;
    private final SocketChannel source;
    private final SocketChannel sink;
    private final Deque<ByteBuf> onThePath = new ArrayDeque<>();
    private int bytesOnThePath;
    private boolean ended;
    private boolean finished;

    RelayedStream(Relay relay, Side from, SocketChannel source, SocketChannel sink) {
        this.relay = relay;
        this.from = from;
        this.source = source;
        this.sink = sink;
    }

    /** The source has sent its last byte. */
    boolean isEnded() {
        return ended;
    }

    /** The sink was told so. */
    boolean isFinished() {
        return finished;
    }

    private void received(ByteBuf bytes) {
        int size = bytes.readableBytes();
        onThePath.add(bytes);
        bytesOnThePath += size;
        if (relay.pass(from, size)) {
            deliver(size);
        }
    }

    void end() {
        if (!ended) {
            ended = true;
            if (relay.passEnd(from)) {
                finish();
            }
        }
    }

    /** So many of the bytes on the path have arrived. */
    void deliver(int bytes) {
        int missing = bytes;
        while (missing > 0 && !onThePath.isEmpty()) {
            ByteBuf first = onThePath.element();
            if (first.readableBytes() <= missing) {
                missing -= first.readableBytes();
                write(onThePath.remove());
            } else {
                write(first.readRetainedSlice(missing));
                missing = 0;
            }
        }
        bytesOnThePath -= bytes;
        sink.flush();
        readMore();
    }

    private void write(ByteBuf bytes) {
        relay.wrote(from);
        sink.write(bytes).addListener(done -> {
            if (!done.isSuccess()) {
                relay.reset();
            }
        });
    }

    /** The end of the stream has arrived: the sink learns of it when all before it is written. */
    void finish() {
        sink.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(written -> sink.shutdownOutput().addListener(done -> {
                    finished = true;
                    relay.streamFinished();
                }));
    }

    void readMore() {
        if (!ended && bytesOnThePath < MOST_ON_THE_PATH && sink.isWritable()) {
            source.read();
        }
    }

    void release() {
        onThePath.forEach(ByteBuf::release);
        onThePath.clear();
    }

    /** Stands in a socket's pipeline: feeds the stream that reads from it, and wakes the one that writes to it. */
    static final class Reader extends ChannelInboundHandlerAdapter {
        private final RelayedStream readHere;
        private final RelayedStream writtenHere;

        Reader(RelayedStream readHere, RelayedStream writtenHere) {
            this.readHere = readHere;
            this.writtenHere = writtenHere;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            readHere.received((ByteBuf) bytes);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            readHere.readMore();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            writtenHere.readMore();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                readHere.end();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            readHere.relay.reset();
        }
    }
}
