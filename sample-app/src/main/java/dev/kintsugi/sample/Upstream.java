package dev.kintsugi.sample;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The service this one depends on. */
final class Upstream {

    /** After this time an upstream that has not answered has failed. */
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final HttpClient client;
    private final HttpRequest request;
    private final Optional<InetAddress> from;

    /** @param from the address that calls over http leave from, if it must be a certain one */
    Upstream(URI uri, Optional<InetAddress> from, Executor executor) {
        this.from = from.filter(address -> "http".equals(uri.getScheme()));
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .executor(executor)
                .build();
        request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).GET().build();
    }

    /** Calls it; a failure is a reply too. */
    CompletableFuture<Reply> call() {
        long started = System.nanoTime();
        if (from.isPresent()) {
            return CompletableFuture.completedFuture(callFrom(from.get(), started));
        }
        return client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .handle((response, failure) -> reply(started, response, failure));
    }

    private Reply callFrom(InetAddress address, long started) {
        try {
            BoundGet.Response response = BoundGet.send(request.uri(), address, TIMEOUT);
            return reply(started, response.status(), response.servedBy());
        } catch (IOException failed) {
            return failure(started, failed);
        }
    }

    private Reply reply(long started, @Nullable HttpResponse<Void> response, @Nullable Throwable failure) {
        return response == null
                ? failure(started, failure)
                : reply(
                        started,
                        response.statusCode(),
                        response.headers().firstValue("X-Served-By").orElse(null));
    }

    private Reply reply(long started, int status, @Nullable String servedBy) {
        return new Reply(url(), status, servedBy, millisSince(started), status < 400 ? null : "it answered an error");
    }

    private Reply failure(long started, @Nullable Throwable failure) {
        return new Reply(url(), 0, null, millisSince(started), reason(failure));
    }

    private String url() {
        return request.uri().toString();
    }

    private static long millisSince(long started) {
        return (System.nanoTime() - started) / 1_000_000;
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof HttpTimeoutException || cause instanceof SocketTimeoutException) {
            return "no answer within " + TIMEOUT.toMillis() + " ms";
        }
        if (cause instanceof ConnectException) {
            return "no connection";
        }
        return String.valueOf(cause);
    }

    /**
     * What came back.
     *
     * @param status 0 when nothing did
     * @param failure why it does not count as served; null when it does
     */
    record Reply(
            String url,
            int status,
            @Nullable String servedBy,
            long millis,
            @Nullable String failure) {

        boolean good() {
            return failure == null;
        }

        Map<String, Object> toJson() {
            return Json.object(
                    "url", url,
                    "status", status == 0 ? null : status,
                    "servedBy", servedBy,
                    "millis", millis,
                    "failure", failure);
        }
    }
}
