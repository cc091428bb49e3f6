package dev.kintsugi.features.cluster.apiserver;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;

/**
 * TLS before an API server that speaks plain HTTP: takes in whom it knows, and passes requests on with the credentials of the server
 * behind. Watches are streamed.
 */
public final class TlsFront implements AutoCloseable {

    private final Vertx vertx;
    private final HttpServer server;
    private final HttpClient client;
    private final URI behind;
    private final String token;
    private final Predicate<HttpServerRequest> known;
    private final BinaryOperator<String> registrations;

    private TlsFront(
            Vertx vertx,
            HttpServerOptions options,
            String behind,
            String token,
            Predicate<HttpServerRequest> known,
            BinaryOperator<String> registrations) {
        this.registrations = registrations;
        this.vertx = vertx;
        this.behind = URI.create(behind);
        this.token = token;
        this.known = known;
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setMaxPoolSize(1_000).setKeepAlive(false));
        this.server = vertx.createHttpServer(options.setUseAlpn(true)).requestHandler(this::serve);
    }

    /**
     * Listens on 127.0.0.1.
     *
     * @param options certificate, key, and whose client certificates are trusted
     * @param port 0 for any
     * @param behind URL of the server
     * @param token of the server behind
     * @param known whose requests are passed on; others get 401
     */
    public static TlsFront listen(
            HttpServerOptions options, int port, String behind, String token, Predicate<HttpServerRequest> known) {
        return listen(options, port, behind, token, known, (path, body) -> body);
    }

    /**
     * The same before a server that knows no webhook configurations.
     *
     * @param registrations answers POSTs of the group admissionregistration.k8s.io: of path and body, what is answered
     */
    static TlsFront listen(
            HttpServerOptions options,
            int port,
            String behind,
            String token,
            Predicate<HttpServerRequest> known,
            BinaryOperator<String> registrations) {
        TlsFront front = new TlsFront(Vertx.vertx(), options, behind, token, known, registrations);
        front.server
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return front;
    }

    /** Whether a request came with a certificate that the server trusts. */
    public static boolean hasCertificate(HttpServerRequest request) {
        try {
            return request.connection().peerCertificates().size() > 0;
        } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
            return false;
        }
    }

    /** Whether a request has this bearer token. */
    public static Predicate<HttpServerRequest> bearer(String token) {
        return request -> ("Bearer " + token).equals(request.getHeader("Authorization"));
    }

    public int port() {
        return server.actualPort();
    }

    private void serve(HttpServerRequest request) {
        if (!known.test(request)) {
            request.response()
                    .setStatusCode(401)
                    .putHeader("Content-Type", "application/json")
                    .end(
                            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"Unauthorized\","
                                    + "\"reason\":\"Unauthorized\",\"code\":401}");
            return;
        }
        if (request.path().startsWith("/apis/admissionregistration.k8s.io/v1/")) {
            request.body().onSuccess(body -> request.response()
                    .setStatusCode(201)
                    .putHeader("Content-Type", "application/json")
                    .end(registrations.apply(request.path(), body.toString())));
            return;
        }
        request.pause();
        client.request(new RequestOptions()
                        .setMethod(request.method())
                        .setHost(behind.getHost())
                        .setPort(behind.getPort())
                        .setURI(request.uri()))
                .compose(onward -> pass(request, onward))
                .onSuccess(answer -> answer(answer, request.response()))
                .onFailure(failure -> request.response().setStatusCode(502).end(String.valueOf(failure)));
    }

    private io.vertx.core.Future<HttpClientResponse> pass(HttpServerRequest request, HttpClientRequest onward) {
        request.headers().forEach((name, value) -> {
            if (!name.equalsIgnoreCase("Authorization") && !name.equalsIgnoreCase("Host")) {
                onward.putHeader(name, value);
            }
        });
        onward.putHeader("Authorization", "Bearer " + token);
        request.response().closeHandler(gone -> onward.reset());
        return onward.send(request);
    }

    private static void answer(HttpClientResponse from, HttpServerResponse to) {
        to.setStatusCode(from.statusCode());
        from.headers().forEach(to::putHeader);
        if (from.getHeader("Content-Length") == null) {
            to.setChunked(true);
        }
        from.pipeTo(to);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
