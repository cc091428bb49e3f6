package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Answer;
import dev.kintsugi.features.cluster.embedded.node.pod.PodInput.Outcome;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks containers how they are, by real requests to the pod's address, each on a connection of its own, as the kubelet does. So
 * whatever is wrong with the pod's network is met by its probes, too.
 *
 * <p>{@code httpGet} and {@code tcpSocket} are there. {@code exec} and {@code grpc} are refused with an error, which becomes an Event: there
 * is no container file system to run a command in, and the sample app speaks no gRPC.
 */
final class Prober implements AutoCloseable {

    private final Vertx vertx;
    private final HttpClient http;
    private final HttpClient https;
    private final NetClient tcp;

    Prober() {
        vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        HttpClientOptions options = new HttpClientOptions()
                .setKeepAlive(false)
                .setMaxPoolSize(1000)
                .setConnectTimeout(60_000)
                .setDecompressionSupported(false);
        http = vertx.createHttpClient(options);
        https = vertx.createHttpClient(
                new HttpClientOptions(options).setSsl(true).setTrustAll(true).setVerifyHost(false));
        tcp = vertx.createNetClient(new NetClientOptions().setConnectTimeout(60_000));
    }

    /** Asks once; never completes exceptionally, and not later than the probe's time-out (default 1 s). */
    CompletionStage<Answer> ask(Container container, Probe probe, String podIp) {
        Duration timeout = timeout(probe);
        if (probe.getHttpGet() != null) {
            return get(container, probe.getHttpGet(), podIp, timeout);
        }
        if (probe.getTcpSocket() != null) {
            String host = probe.getTcpSocket().getHost() == null
                    ? podIp
                    : probe.getTcpSocket().getHost();
            return port(container, probe.getTcpSocket().getPort())
                    .map(port -> connect(host, port, timeout))
                    .orElseGet(() ->
                            error("no port named " + text(probe.getTcpSocket().getPort())));
        }
        String kind = probe.getExec() != null ? "exec" : probe.getGrpc() != null ? "grpc" : "empty";
        return error(kind + " probes cannot be run by the embedded cluster; use httpGet or tcpSocket");
    }

    /** How long an answer is waited for: 1 s unless the probe says otherwise. */
    static Duration timeout(Probe probe) {
        Integer seconds = probe.getTimeoutSeconds();
        return Duration.ofSeconds(seconds == null || seconds == 0 ? 1 : seconds);
    }

    /** What is asked for; empty when the container has no port of the name. */
    static Optional<String> url(Container container, HTTPGetAction action, String podIp) {
        String scheme = "HTTPS".equals(action.getScheme()) ? "https" : "http";
        String path = action.getPath() == null || action.getPath().isEmpty() ? "/" : action.getPath();
        return port(container, action.getPort())
                .map(port ->
                        scheme + "://" + host(action, podIp) + ":" + port + (path.startsWith("/") ? path : "/" + path));
    }

    private static String host(HTTPGetAction action, String podIp) {
        return action.getHost() == null || action.getHost().isEmpty() ? podIp : action.getHost();
    }

    /** A GET whose answer is good when its code is from 200 to 399. */
    CompletionStage<Answer> get(Container container, HTTPGetAction action, String podIp, Duration timeout) {
        Optional<String> asked = url(container, action, podIp);
        if (asked.isEmpty()) {
            return error("no port named " + text(action.getPort()));
        }
        boolean secure = "HTTPS".equals(action.getScheme());
        String url = asked.get();
        String address =
                host(action, podIp) + ":" + port(container, action.getPort()).orElseThrow();
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url)
                .putHeader("User-Agent", "kube-probe/1.28")
                .putHeader("Accept", "*/*")
                .putHeader("Connection", "close");
        for (HTTPHeader header : action.getHttpHeaders()) {
            request.putHeader(header.getName(), header.getValue());
        }
        CompletableFuture<Integer> code = new CompletableFuture<>();
        (secure ? https : http)
                .request(request)
                .compose(sent -> {
                    // Whoever gives up first, the connection must not stay behind.
                    var unused = code.whenComplete(
                            (value, failure) -> sent.connection().close());
                    return sent.send();
                })
                .onSuccess(response -> code.complete(response.statusCode()))
                .onFailure(code::completeExceptionally);
        return code.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((value, failure) -> failure != null
                        ? bad("Get \"" + url + "\": " + reason(failure, address, true))
                        : value >= 200 && value < 400
                                ? Answer.GOOD
                                : bad("HTTP probe failed with statuscode: " + value));
    }

    private CompletionStage<Answer> connect(String host, int port, Duration timeout) {
        CompletableFuture<Boolean> connected = new CompletableFuture<>();
        tcp.connect(port, host)
                .onSuccess(socket -> {
                    socket.close();
                    connected.complete(true);
                })
                .onFailure(connected::completeExceptionally);
        return connected
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((value, failure) ->
                        failure == null ? Answer.GOOD : bad(reason(failure, host + ":" + port, false)));
    }

    /** In the words of Go's net package, which users know from the kubelet's Events. */
    private static String reason(Throwable failure, String address, boolean http) {
        if (failure instanceof TimeoutException) {
            return http
                    ? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
                    : "dial tcp " + address + ": i/o timeout";
        }
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        if (failure instanceof ConnectException || message.contains("connection refused")) {
            return "dial tcp " + address + ": connect: connection refused";
        }
        if (message.contains("reset")) {
            return "read tcp " + address + ": read: connection reset by peer";
        }
        if (message.contains("closed")) {
            return "EOF";
        }
        return String.valueOf(failure.getMessage());
    }

    /** A number, or the number of the container's port of that name. */
    static Optional<Integer> port(Container container, IntOrString port) {
        if (port.getIntVal() != null) {
            return Optional.of(port.getIntVal());
        }
        return container.getPorts().stream()
                .filter(each -> port.getStrVal().equals(each.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst();
    }

    private static String text(IntOrString port) {
        return String.valueOf(port.getValue());
    }

    private static Answer bad(String message) {
        return new Answer(Outcome.BAD, message);
    }

    private static CompletionStage<Answer> error(String message) {
        return CompletableFuture.completedStage(new Answer(Outcome.ERROR, message));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
