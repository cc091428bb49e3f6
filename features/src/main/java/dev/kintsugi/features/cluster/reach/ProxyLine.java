package dev.kintsugi.features.cluster.reach;

import dev.kintsugi.features.recording.Line;
import dev.kintsugi.features.recording.Reply;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One path of the API server's proxy. Its answers of its own (503 and the like) are what the user met, too. */
final class ProxyLine implements Line {

    private final KubernetesClient client;
    private final HttpRequest request;
    private final Duration timeout;
    private volatile boolean open = true;

    ProxyLine(KubernetesClient client, String method, String path, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
        this.request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(client.getMasterUrl() + path)
                .method(method, null, null)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    @Override
    public void send(Consumer<Reply> ended) {
        if (!open) {
            return;
        }
        var unused = client.getHttpClient()
                .sendAsync(request, byte[].class)
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((response, failure) -> response == null
                        ? Reply.failed(cause(failure))
                        : Reply.answered(response.code(), response::header))
                .thenAccept(ended);
    }

    private static String cause(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (cause == null) {
            return "no answer";
        }
        if (cause instanceof TimeoutException) {
            return "no answer in time";
        }
        if (cause instanceof ConnectException) {
            return "the API server refuses connections";
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    @Override
    public void close() {
        open = false;
    }
}
