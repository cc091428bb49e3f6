package dev.kintsugi.features.recording;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Straight to an address, each request on a connection of its own, as independent users are. */
public final class DirectLine implements Line {

    private static final int MOST_AT_ONCE = 20_000;

    private final HttpClient client;
    private final RequestOptions target;

    /**
     * A line to one URL.
     *
     * @param method such as {@code GET}; no request has a body
     * @param perSecond requests per second that it must carry
     * @param timeout after which a request without a complete answer has failed
     */
    public DirectLine(Vertx vertx, String method, URI target, int perSecond, Duration timeout) {
        boolean secure = "https".equals(target.getScheme());
        int atOnce = (int) Math.min(MOST_AT_ONCE, perSecond * (timeout.toSeconds() + 1) * 2);
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setMaxPoolSize(atOnce)
                .setTcpNoDelay(true)
                .setSsl(secure)
                .setConnectTimeout((int) timeout.toMillis()));
        this.target = new RequestOptions()
                .setMethod(HttpMethod.valueOf(method))
                .setHost(target.getHost())
                .setPort(target.getPort() >= 0 ? target.getPort() : secure ? 443 : 80)
                .setURI((target.getRawPath().isEmpty() ? "/" : target.getRawPath())
                        + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery()))
                .setTimeout(timeout.toMillis());
    }

    @Override
    public void send(Consumer<Reply> ended) {
        client.request(target)
                .compose(HttpClientRequest::send)
                .compose(response -> response.body().map(response))
                .onSuccess(answer -> ended.accept(Reply.answered(answer.statusCode(), answer::getHeader)))
                .onFailure(failure -> ended.accept(Reply.failed(cause(failure))));
    }

    private static String cause(@Nullable Throwable failure) {
        if (failure == null) {
            return "no answer";
        }
        if (failure instanceof TimeoutException) {
            return "no answer in time";
        }
        if (failure instanceof ConnectException) {
            return "connection refused";
        }
        if (failure instanceof HttpClosedException) {
            return "connection closed";
        }
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    @Override
    public void close() {
        client.close();
    }
}
