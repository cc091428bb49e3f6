package dev.kintsugi.sample;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
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

    Upstream(URI uri, Executor executor) {
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
        return client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .handle((response, failure) -> reply(started, response, failure));
    }

    private Reply reply(long started, @Nullable HttpResponse<Void> response, @Nullable Throwable failure) {
        long millis = (System.nanoTime() - started) / 1_000_000;
        String url = request.uri().toString();
        if (response == null) {
            return new Reply(url, 0, null, millis, reason(failure));
        }
        String servedBy = response.headers().firstValue("X-Served-By").orElse(null);
        boolean good = response.statusCode() < 400;
        return new Reply(url, response.statusCode(), servedBy, millis, good ? null : "it answered an error");
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof HttpTimeoutException) {
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
