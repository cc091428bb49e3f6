package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.store.Event;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.store.Scope;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import dev.kintsugi.features.cluster.embedded.api.store.Watch;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One watch as a stream of JSON lines. It runs on the event loop of its connection and reads on only as fast as the
 * client takes what it gets; the store never waits for it.
 */
final class WatchStream {

    private static final int BATCH = 256;
    private static final long BOOKMARK_MILLIS = 60_000;

    private final Vertx vertx;
    private final Context context;
    private final WatchRequest request;
    private final WatchEncoder encoder;
    private final HttpServerResponse response;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private @Nullable Watch watch;
    private Iterator<Item> initial = List.<Item>of().iterator();
    private long timeoutTimer;
    private long bookmarkTimer = -1;
    private boolean ended;

    WatchStream(Vertx vertx, WatchRequest request, WatchEncoder encoder, HttpServerResponse response) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.encoder = encoder;
        this.response = response;
    }

    /** Begins; on the event loop. */
    void start(Store store) {
        response.putHeader("Content-Type", Answer.JSON_TYPE);
        response.putHeader("Cache-Control", "no-cache, private");
        response.setChunked(true);
        response.exceptionHandler(e -> stop());
        response.closeHandler(closed -> stop());
        response.drainHandler(ready -> drain());
        response.write(Buffer.buffer()); // the headers go out before there is anything to say
        String resource = request.type().storage();
        Scope scope = request.selection().scope();
        try {
            Long after = request.after();
            if (after == null) {
                watch = store.watchFromNow(resource, scope, this::signal);
                initial = watch.takeInitial().iterator();
            } else {
                watch = store.watchFrom(resource, scope, after, this::signal);
            }
        } catch (ApiException e) {
            fail(e);
            return;
        }
        timeoutTimer = vertx.setTimer(request.timeoutSeconds() * 1_000, timer -> finish());
        if (request.bookmarks()) {
            bookmarkTimer = vertx.setPeriodic(BOOKMARK_MILLIS, timer -> bookmark());
        }
        drain();
        if (request.bookmarks()) {
            bookmark(); // fabric8's client calls an HTTP watch alive only once it has received something
        }
    }

    /** There may be something to read; called by whoever has written. */
    private void signal() {
        if (scheduled.compareAndSet(false, true)) {
            context.runOnContext(ignored -> drain());
        }
    }

    private void drain() {
        scheduled.set(false);
        if (ended || watch == null) {
            return;
        }
        while (initial.hasNext() && !response.writeQueueFull()) {
            Buffer batch = Buffer.buffer();
            for (int i = 0; i < BATCH && initial.hasNext(); i++) {
                Item item = initial.next();
                if (request.selection().matches(item)) {
                    encoder.append(batch, Event.Type.ADDED, item);
                }
            }
            write(batch);
        }
        if (!initial.hasNext()) {
            initial = List.<Item>of().iterator(); // what was there is not to be kept for as long as the watch lasts
        }
        while (!initial.hasNext() && !response.writeQueueFull()) {
            List<Event> events;
            try {
                events = watch.poll(BATCH);
            } catch (ApiException e) {
                fail(e);
                return;
            }
            if (events.isEmpty()) {
                return;
            }
            Buffer batch = Buffer.buffer();
            events.forEach(event -> append(batch, event));
            write(batch);
        }
    }

    /**
     * An object that begins or ceases to be selected is added or deleted, for this watch; it is then seen as it was
     * when it was still selected.
     */
    private void append(Buffer batch, Event event) {
        boolean now = request.selection().matches(event.item());
        switch (event.type()) {
            case ADDED -> {
                if (now) {
                    encoder.append(batch, Event.Type.ADDED, event.item());
                }
            }
            case MODIFIED -> {
                Item previous = event.previous();
                boolean before = previous != null && request.selection().matches(previous);
                if (now) {
                    encoder.append(batch, before ? Event.Type.MODIFIED : Event.Type.ADDED, event.item());
                } else if (before && previous != null) {
                    encoder.appendGone(batch, previous, event.revision());
                }
            }
            case DELETED -> {
                if (now) {
                    encoder.append(batch, Event.Type.DELETED, event.item());
                }
            }
        }
    }

    private void bookmark() {
        if (!ended && watch != null && !initial.hasNext() && !response.writeQueueFull()) {
            Buffer line = Buffer.buffer();
            encoder.appendBookmark(line, watch.position());
            write(line);
        }
    }

    /** The time is up: a last bookmark, and a proper end. */
    private void finish() {
        drain();
        if (request.bookmarks()) {
            bookmark();
        }
        end();
    }

    private void fail(ApiException e) {
        ObjectNode line = JsonNodeFactory.instance.objectNode().put("type", "ERROR");
        line.set("object", e.status());
        write(Rendering.bytes(line).appendByte((byte) '\n'));
        end();
    }

    private void end() {
        if (!ended) {
            stop();
            response.end();
        }
    }

    private void stop() {
        if (!ended) {
            ended = true;
            vertx.cancelTimer(timeoutTimer);
            if (bookmarkTimer >= 0) {
                vertx.cancelTimer(bookmarkTimer);
            }
            if (watch != null) {
                watch.close();
            }
        }
    }

    private void write(Buffer buffer) {
        if (buffer.length() > 0 && !response.ended() && !response.closed()) {
            response.write(buffer);
        }
    }
}
