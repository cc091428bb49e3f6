package dev.kintsugi.features.cluster.embedded.api.http;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.util.Locale;
import java.util.Set;

/**
 * Passes requests on to Services and pods and brings their answers back, each on a connection of its own. Credentials for the
 * API server stay here.
 */
final class ProxyExchange {

    private static final int CONNECT_MILLIS = 30_000;
    private static final int MOST_AT_ONCE = 4_096;

    /** RFC 9110, 7.6.1, and what is between the client and the API server. */
    private static final Set<String> NOT_PASSED_ON = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "host",
            "authorization",
            "content-length");

    private final HttpClient client;

    ProxyExchange(Vertx vertx) {
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setMaxPoolSize(MOST_AT_ONCE)
                .setTcpNoDelay(true)
                .setDecompressionSupported(false)
                .setConnectTimeout(CONNECT_MILLIS));
    }

    /** Answers the request in the name of the target; on the event loop. */
    void start(HttpServerRequest request, Answer.Proxying target) {
        String query = request.query();
        RequestOptions options = new RequestOptions()
                .setMethod(request.method())
                .setHost(target.host())
                .setPort(target.port())
                .setURI(query == null ? target.path() : target.path() + "?" + query);
        HttpServerResponse response = request.response();
        client.request(options)
                .compose(outgoing -> {
                    response.exceptionHandler(e -> outgoing.reset());
                    response.closeHandler(closed -> outgoing.reset());
                    passOn(request.headers(), outgoing.headers());
                    return target.body().length() == 0 ? outgoing.send() : outgoing.send(target.body());
                })
                .onSuccess(answer -> bringBack(answer, response))
                .onFailure(failure -> refuse(response, failure));
    }

    private static void bringBack(HttpClientResponse answer, HttpServerResponse response) {
        response.setStatusCode(answer.statusCode()).setChunked(true);
        passOn(answer.headers(), response.headers());
        answer.pipeTo(response);
    }

    private static void passOn(MultiMap from, MultiMap to) {
        from.forEach(header -> {
            if (!NOT_PASSED_ON.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                to.add(header.getKey(), header.getValue());
            }
        });
    }

    private static void refuse(HttpServerResponse response, Throwable failure) {
        if (response.closed() || response.ended() || response.headWritten()) {
            return;
        }
        Answer.Full refusal =
                Answer.failure(ProxyRequests.unavailable("error trying to reach service: " + failure.getMessage()));
        response.setStatusCode(refusal.code())
                .putHeader("Content-Type", refusal.contentType())
                .end(refusal.body());
    }
}
