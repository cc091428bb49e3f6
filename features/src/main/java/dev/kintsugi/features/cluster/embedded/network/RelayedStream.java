package dev.kintsugi.features.cluster.embedded.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a relayed connection. Its source is read only while the sink takes what is written, so that what waits
 * here stays within bounds however fast the one and slow the other.
 */
final class RelayedStream {

    private final Relay relay;
    private @Nullable SocketChannel source;
    private @Nullable SocketChannel sink;
    private boolean ended;
    private boolean finished;

    RelayedStream(Relay relay) {
        this.relay = relay;
    }

    void connect(SocketChannel source, SocketChannel sink) {
        this.source = source;
        this.sink = sink;
        readMore();
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
        write(bytes);
    }

    private void end() {
        ended = true;
        finish();
    }

    private void write(ByteBuf bytes) {
        SocketChannel to = sink;
        if (to == null) {
            bytes.release();
            return;
        }
        to.writeAndFlush(bytes).addListener(done -> {
            if (!done.isSuccess()) {
                relay.reset();
            }
        });
    }

    private void finish() {
        SocketChannel to = sink;
        if (to != null) {
            to.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(written -> to.shutdownOutput().addListener(done -> {
                        finished = true;
                        relay.streamFinished();
                    }));
        }
    }

    private void readMore() {
        SocketChannel from = source;
        SocketChannel to = sink;
        if (from != null && to != null && !ended && to.isWritable()) {
            from.read();
        }
    }

    void release() {}

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
