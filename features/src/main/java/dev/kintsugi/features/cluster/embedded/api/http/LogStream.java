package dev.kintsugi.features.cluster.embedded.api.http;

import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log on its way to a client, written by a thread of its own that waits when the client is slow. */
final class LogStream extends OutputStream {

    private static final Logger LOG = LoggerFactory.getLogger(LogStream.class);

    private final Context context;
    private final HttpServerResponse response;
    private final Semaphore writable = new Semaphore(1);
    private volatile boolean gone;
    private volatile boolean begun;

    LogStream(Context context, HttpServerResponse response) {
        this.context = context;
        this.response = response;
    }

    /** Begins; on the event loop. */
    void start(PodLogs logs, PodLogs.Request request) {
        Thread thread = new Thread(() -> run(logs, request), "pod-log-" + request.pod());
        thread.setDaemon(true);
        response.closeHandler(closed -> {
            gone = true;
            thread.interrupt();
        });
        response.exceptionHandler(e -> gone = true);
        response.drainHandler(ready -> writable.release());
        thread.start();
    }

    private void run(PodLogs logs, PodLogs.Request request) {
        try {
            logs.stream(request, this);
            begin();
            context.runOnContext(ignored -> end());
        } catch (PodLogs.NotAvailable e) {
            refuse(ApiException.badRequest(String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("log of {}/{} ended early: {}", request.namespace(), request.pod(), e.getMessage());
            refuse(ApiException.internal("the log cannot be read: " + e.getMessage()));
        } catch (RuntimeException e) {
            LOG.warn("log of {}/{} failed", request.namespace(), request.pod(), e);
            refuse(ApiException.internal("the log cannot be read"));
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        begin();
        Buffer chunk = Buffer.buffer().appendBytes(bytes, offset, length);
        try {
            writable.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the client has gone", e);
        }
        if (gone) {
            throw new IOException("the client has gone");
        }
        context.runOnContext(ignored -> {
            if (!gone && !response.ended()) {
                response.write(chunk);
                if (!response.writeQueueFull()) {
                    writable.release();
                }
            }
        });
    }

    /** The headers wait for the first byte, since until then the log may still turn out not to be there. */
    private void begin() {
        if (!begun) {
            begun = true;
            context.runOnContext(ignored -> {
                if (!gone) {
                    response.putHeader("Content-Type", "text/plain");
                    response.setChunked(true);
                    response.write(Buffer.buffer());
                }
            });
        }
    }

    @Override
    public void flush() {
        begin();
    }

    private void refuse(ApiException e) {
        context.runOnContext(ignored -> {
            if (gone || response.ended()) {
                return;
            }
            if (begun) {
                response.reset();
            } else {
                response.setStatusCode(e.code()).putHeader("Content-Type", Answer.JSON_TYPE);
                response.end(Rendering.bytes(e.status()));
            }
        });
    }

    private void end() {
        if (!gone && !response.ended()) {
            response.end();
        }
    }
}
