package dev.kintsugi.features.cluster.apiserver;

import dev.kintsugi.features.cluster.embedded.api.spi.NodeStats;
import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an API server asks a kubelet for: the logs of containers, and the Summary of what they use. It listens on the loopback address
 * of each node, on the one port that the nodes name in their status.
 */
final class KubeletEndpoint implements AutoCloseable {

    private static final Pattern LOGS = Pattern.compile("/containerLogs/([^/]+)/([^/]+)/([^/]+)");
    private static final int TRIES = 20;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    /** What it answers from, once that is there. */
    private record Sources(KubernetesClient client, PodLogs logs, NodeStats stats) {}

    private final Vertx vertx;
    private final List<String> nodes;
    private final List<HttpServer> servers = new ArrayList<>();
    private final int port;
    private volatile @Nullable Sources sources;

    private KubeletEndpoint(Vertx vertx, Identity identity, List<String> nodes, List<String> addresses) {
        this.vertx = vertx;
        this.nodes = nodes;
        this.port = listen(identity, addresses);
    }

    /**
     * Listens for nodes.
     *
     * @param nodes their names
     * @param addresses their addresses, in the same order
     */
    static KubeletEndpoint listen(Vertx vertx, Identity identity, List<String> nodes, List<String> addresses) {
        return new KubeletEndpoint(vertx, identity, nodes, addresses);
    }

    /** A port that is free on the first address may be taken on another, by another cluster of this machine. */
    private int listen(Identity identity, List<String> addresses) {
        for (int i = 1; ; i++) {
            try {
                int chosen = 0;
                for (int node = 0; node < addresses.size(); node++) {
                    String name = nodes.get(node);
                    HttpServer server =
                            vertx.createHttpServer(identity.server()).requestHandler(request -> serve(name, request));
                    server.listen(chosen, addresses.get(node))
                            .toCompletionStage()
                            .toCompletableFuture()
                            .join();
                    servers.add(server);
                    chosen = server.actualPort();
                }
                return chosen;
            } catch (CompletionException e) {
                close();
                if (i == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** The port of every node's kubelet. */
    int port() {
        return port;
    }

    /** Answers from these from now on; until then it is not available. */
    void answerFrom(KubernetesClient client, PodLogs logs, NodeStats stats) {
        sources = new Sources(client, logs, stats);
    }

    private void serve(String node, HttpServerRequest request) {
        Sources from = sources;
        Matcher logs = LOGS.matcher(request.path());
        if (from == null) {
            request.response().setStatusCode(UNAVAILABLE).end();
        } else if (request.path().equals("/stats/summary")) {
            vertx.executeBlocking(() -> from.stats().summary(node), false)
                    .onSuccess(summary -> summary.ifPresentOrElse(
                            found -> request.response()
                                    .putHeader("Content-Type", "application/json")
                                    .end(found.toString()),
                            () -> request.response().setStatusCode(NOT_FOUND).end()))
                    .onFailure(failure -> fail(request.response(), failure));
        } else if (logs.matches()) {
            vertx.executeBlocking(
                            () -> {
                                stream(from, logs, request);
                                return "";
                            },
                            false)
                    .onSuccess(done -> request.response().end())
                    .onFailure(failure -> fail(request.response(), failure));
        } else {
            request.response().setStatusCode(NOT_FOUND).end();
        }
    }

    private static void fail(HttpServerResponse response, Throwable failure) {
        if (response.headWritten() || response.closed()) {
            response.reset();
        } else {
            response.setStatusCode(BAD_REQUEST).end(String.valueOf(failure.getMessage()));
        }
    }

    private static void stream(Sources from, Matcher asked, HttpServerRequest request) throws Exception {
        Pod pod = from.client()
                .pods()
                .inNamespace(asked.group(1))
                .withName(asked.group(2))
                .require();
        HttpServerResponse response = request.response().setChunked(true).putHeader("Content-Type", "text/plain");
        from.logs().stream(
                new PodLogs.Request(
                        asked.group(1),
                        asked.group(2),
                        pod.getMetadata().getUid(),
                        asked.group(3),
                        flag(request, "previous"),
                        flag(request, "follow"),
                        flag(request, "timestamps"),
                        number(request, "tailLines"),
                        since(request, InstantSource.system().instant()),
                        number(request, "limitBytes")),
                new Body(response));
    }

    private static boolean flag(HttpServerRequest request, String name) {
        return "true".equals(request.getParam(name));
    }

    private static @Nullable Long number(HttpServerRequest request, String name) {
        return Optional.ofNullable(request.getParam(name)).map(Long::valueOf).orElse(null);
    }

    private static @Nullable Instant since(HttpServerRequest request, Instant now) {
        Long seconds = number(request, "sinceSeconds");
        String time = request.getParam("sinceTime");
        return seconds != null ? now.minusSeconds(seconds) : time == null ? null : Instant.parse(time);
    }

    @Override
    public void close() {
        servers.forEach(server ->
                server.close().toCompletionStage().toCompletableFuture().join());
        servers.clear();
    }

    /** Waits with each write until the client has taken it. */
    private static final class Body extends OutputStream {

        private final HttpServerResponse response;

        Body(HttpServerResponse response) {
            this.response = response;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                response.write(Buffer.buffer(length).appendBytes(bytes, offset, length))
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
            } catch (CompletionException e) {
                throw new IOException("the client has gone", e);
            }
        }
    }
}
