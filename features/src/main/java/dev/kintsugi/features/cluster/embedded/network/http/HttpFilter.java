package dev.kintsugi.features.cluster.embedded.network.http;

import dev.kintsugi.chaos.emulation.HttpFault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands in the pipeline of the connection to a pod's process, and carries out the rules on the messages that cross it: bytes are
 * decoded by Netty's codec, altered, and encoded again. Rules of one port act one after the other; which of them are meant is
 * decided on the message as it came (rs-tproxy, server.rs).
 *
 * <p>What turns out to be no HTTP passes as it is, and so does what follows a change of protocol. When there are no rules any more
 * and no message is under way, the filter takes itself out.
 */
public final class HttpFilter extends ChannelDuplexHandler {

    private final HttpRules rules;
    private final Runnable hangUp;
    private final Runnable left;
    private final EmbeddedChannel clientSide = new EmbeddedChannel(new HttpServerCodec());
    private final EmbeddedChannel serverSide = new EmbeddedChannel(new HttpClientCodec());
    private final Lane requests = new Lane(this::request, this::requestsGoOn);
    private final Lane responses = new Lane(this::response, this::responsesGoOn);
    /** Sent on and not answered in full. */
    private final Deque<HttpRequest> asked = new ArrayDeque<>();
    /** Bytes of a request whose head is not complete, in case that it turns out to be none. */
    private final ByteBuf undecoded = Unpooled.buffer();

    private @Nullable ChannelHandlerContext context;
    private @Nullable MessageBody requestBody;
    private @Nullable MessageBody responseBody;
    /** Bytes pass as they are until the process has spoken: an answer is under way that began before the filter was here. */
    private boolean awaitingAnswer;

    private boolean answerBegun;
    private boolean inRequestHead = true;
    /** Of the response that comes, as the process gave it. */
    private HttpResponseStatus status = HttpResponseStatus.OK;

    private boolean raw;
    private boolean hungUp;
    private boolean over;
    private boolean readWanted;

    private record End(ChannelPromise promise) {}

    /**
     * @param midExchange the client spoke last on this connection, so an answer is under way
     * @param hangUp closes the connection in the place of an answer
     * @param left is told when the filter has taken itself out
     */
    public HttpFilter(HttpRules rules, boolean midExchange, Runnable hangUp, Runnable left) {
        this.rules = rules;
        this.awaitingAnswer = midExchange;
        this.hangUp = hangUp;
        this.left = left;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        over = true;
        requests.discard();
        responses.discard();
        clientSide.finishAndReleaseAll();
        serverSide.finishAndReleaseAll();
        undecoded.release();
    }

    /** Leaves the connection if it is no longer needed on it. */
    public void leaveIfIdle() {
        ChannelHandlerContext here = context;
        boolean idle = asked.isEmpty() && inRequestHead && !undecoded.isReadable() && !requests.isBlocked();
        if (here != null && !over && !raw && idle && !responses.isBlocked() && rules.isEmpty()) {
            here.pipeline().remove(this);
            left.run();
        }
    }

    private ChannelHandlerContext here() {
        ChannelHandlerContext here = context;
        if (here == null) {
            throw new IllegalStateException("the filter is in no pipeline");
        }
        return here;
    }

    // ---- from the client

    @Override
    public void write(ChannelHandlerContext here, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        if (over) {
            bytes.release();
            promise.trySuccess();
        } else if (!bytes.isReadable()) {
            bytes.release();
            requests.offer(new End(promise));
        } else if (raw || passesUndecoded()) {
            here.write(bytes, promise);
        } else {
            decode(bytes);
            promise.trySuccess();
        }
    }

    private boolean passesUndecoded() {
        if (awaitingAnswer && answerBegun) {
            awaitingAnswer = false;
        }
        return awaitingAnswer;
    }

    private void decode(ByteBuf bytes) {
        if (inRequestHead) {
            undecoded.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
            if (!beginsLikeARequest(undecoded.getByte(undecoded.readerIndex()))) {
                bytes.release();
                passOnAsItIs();
                return;
            }
        }
        clientSide.writeInbound(bytes);
        for (Object part = clientSide.readInbound(); part != null; part = clientSide.readInbound()) {
            if (part instanceof HttpRequest head && head.decoderResult().isFailure()) {
                ReferenceCountUtil.release(part);
                passOnAsItIs();
                return;
            }
            inRequestHead = part instanceof LastHttpContent;
            undecoded.clear();
            requests.offer(part);
        }
    }

    /** With the name of a method, before which there may be empty lines. */
    private static boolean beginsLikeARequest(byte first) {
        return (first >= 'A' && first <= 'Z') || first == '\r' || first == '\n';
    }

    private void passOnAsItIs() {
        raw = true;
        ByteBuf bytes = undecoded.copy();
        undecoded.clear();
        here().writeAndFlush(bytes, here().voidPromise());
    }

    private void request(Object part) {
        if (part instanceof End end) {
            here().writeAndFlush(Unpooled.EMPTY_BUFFER, end.promise());
        } else if (over) {
            ReferenceCountUtil.release(part);
        } else if (part instanceof HttpRequest head) {
            List<HttpRule> met = rules.of(HttpFault.Target.REQUEST).stream()
                    .filter(rule -> rule.matches(head))
                    .toList();
            met.forEach(rule -> rule.alter(head));
            act(met, requests, () -> {
                asked.add(head);
                requestBody = new MessageBody(head, BodyChange.by(met), this::sendRequest);
            });
        } else if (part instanceof HttpContent content && requestBody != null) {
            add(requestBody, content);
        }
    }

    private void sendRequest(Object part) {
        pass(serverSide, part, bytes -> here().write(bytes, here().voidPromise()));
    }

    private void requestsGoOn() {
        if (!over) {
            here().flush();
        }
        setWritable(true);
    }

    // ---- from the process

    @Override
    public void channelRead(ChannelHandlerContext here, Object message) {
        if (over) {
            ReferenceCountUtil.release(message);
        } else if (raw || awaitingAnswer) {
            answerBegun = true;
            here.fireChannelRead(message);
        } else {
            serverSide.writeInbound(message);
            offerResponses();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext here, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            serverSide.pipeline().fireUserEventTriggered(event);
            offerResponses();
            responses.offer(event);
        } else {
            here.fireUserEventTriggered(event);
        }
    }

    private void offerResponses() {
        for (Object part = serverSide.readInbound(); part != null; part = serverSide.readInbound()) {
            responses.offer(part);
        }
    }

    private void response(Object part) {
        if (part instanceof ChannelInputShutdownEvent end) {
            here().fireUserEventTriggered(end);
        } else if (over) {
            ReferenceCountUtil.release(part);
        } else if (part instanceof ByteBuf bytes) {
            here().fireChannelRead(bytes);
        } else if (part instanceof HttpResponse head) {
            respond(head);
        } else if (part instanceof HttpContent content && responseBody != null) {
            add(responseBody, content);
            if (content instanceof LastHttpContent) {
                answered();
            }
        }
    }

    private void respond(HttpResponse head) {
        if (head.decoderResult().isFailure()) {
            hangUp();
            return;
        }
        status = head.status();
        HttpRequest request = asked.peek();
        boolean isFinal = head.status().codeClass() != HttpStatusClass.INFORMATIONAL;
        List<HttpRule> met = request == null || !isFinal
                ? List.of()
                : rules.of(HttpFault.Target.RESPONSE).stream()
                        .filter(rule -> rule.matches(request, head))
                        .toList();
        boolean hasNoBody = request != null && request.method().equals(HttpMethod.HEAD);
        met.forEach(rule -> rule.alter(head));
        act(
                met,
                responses,
                () -> responseBody = new MessageBody(
                        head, BodyChange.by(hasNoBody ? List.of() : met), this::sendResponse));
    }

    /** After the last part of a response. One of 1xx is followed by the real one, but for a change of protocol. */
    private void answered() {
        if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            raw = true;
        } else if (status.codeClass() != HttpStatusClass.INFORMATIONAL) {
            asked.poll();
            leaveIfIdle();
        }
    }

    private void sendResponse(Object part) {
        pass(clientSide, part, bytes -> here().fireChannelRead(bytes));
    }

    private void responsesGoOn() {
        if (hungUp) {
            return;
        }
        here().fireChannelReadComplete();
        if (readWanted) {
            readWanted = false;
            here().read();
        }
        leaveIfIdle();
    }

    @Override
    public void read(ChannelHandlerContext here) {
        if (responses.isBlocked()) {
            readWanted = true;
        } else {
            here.read();
        }
    }

    // ---- either way

    /** Rules act in their order: what comes after an abort does not. */
    private void act(List<HttpRule> met, Lane lane, Runnable sendOn) {
        Duration delay = Duration.ZERO;
        boolean abort = false;
        for (HttpRule rule : met) {
            rule.countMet();
            if (rule.fault().abort()) {
                abort = true;
                break;
            }
            delay = delay.plus(rule.fault().delay());
        }
        Runnable first = abort ? this::hangUp : sendOn;
        lane.after(delay, here().executor(), () -> {
            if (!over) {
                first.run();
            }
        });
        if (lane == requests && lane.isBlocked()) {
            setWritable(false);
        }
    }

    private void add(MessageBody body, HttpContent part) {
        try {
            body.add(part);
        } catch (IOException notAsItShouldBe) {
            hangUp();
        }
    }

    private void hangUp() {
        if (!over) {
            hungUp = true;
            over = true;
            hangUp.run();
        }
    }

    private static void pass(EmbeddedChannel encoder, Object part, Consumer<ByteBuf> to) {
        encoder.writeOutbound(part);
        for (ByteBuf bytes = encoder.readOutbound(); bytes != null; bytes = encoder.readOutbound()) {
            to.accept(bytes);
        }
    }

    /** Tells the client's side to send no more for now. */
    private void setWritable(boolean writable) {
        ChannelOutboundBuffer buffer = here().channel().unsafe().outboundBuffer();
        if (buffer != null) {
            buffer.setUserDefinedWritability(1, writable);
        }
    }
}
