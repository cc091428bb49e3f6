package dev.kintsugi.features.cluster.embedded.network.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Consumer;

/** The rest of one message whose head was decided upon: passes as it comes, or is kept until it is whole and then altered. */
final class MessageBody {

    private final HttpMessage head;
    private final BodyChange change;
    private final Consumer<Object> sendOn;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    MessageBody(HttpMessage head, BodyChange change, Consumer<Object> sendOn) {
        this.head = head;
        this.change = change;
        this.sendOn = sendOn;
        if (change.isNone()) {
            sendOn.accept(head);
        }
    }

    /** @throws IOException if the body cannot be altered as it should be: it is no JSON, or too long */
    void add(HttpContent part) throws IOException {
        if (change.isNone()) {
            sendOn.accept(part);
            return;
        }
        try {
            if (kept.size() + part.content().readableBytes() > BodyChange.MOST_BYTES) {
                throw new IOException("the body is longer than " + BodyChange.MOST_BYTES + " bytes");
            }
            part.content().getBytes(part.content().readerIndex(), kept, part.content().readableBytes());
            if (part instanceof LastHttpContent) {
                byte[] body = change.apply(kept.toByteArray());
                HttpUtil.setTransferEncodingChunked(head, false);
                head.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
                sendOn.accept(head);
                sendOn.accept(new DefaultLastHttpContent(Unpooled.wrappedBuffer(body)));
            }
        } finally {
            part.release();
        }
    }
}
