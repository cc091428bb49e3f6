package dev.kintsugi.features.recording;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one pod, at a fixed rate, to see from outside whether a fault bites it. They go to the pod's address where this machine
 * reaches it, else through the API server's proxy, which reaches pods over the cluster's network as others do.
 */
public final class TargetProbe implements AutoCloseable {

    /** A request without an answer for so long has failed. */
    public static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final int REACH_MILLIS = 500;
    private static final int PER_SECOND = 20;
    private static final int PROXIED_AT_ONCE = 16;

    private final ConcurrentLinkedQueue<Request> requests = new ConcurrentLinkedQueue<>();
    private final AutoCloseable source;

    private TargetProbe(Vertx vertx, String name, URI target) {
        source = RequestStream.open(vertx, name, target, PER_SECOND, PATIENCE, requests::add);
    }

    private TargetProbe(KubernetesClient client, String path) {
        source = new Proxied(client, path, requests)::close;
    }

    /**
     * Begins to send requests to a port of a pod.
     *
     * @param port null for the first that it declares
     * @param path of the requests, beginning with a slash
     * @return nothing when the pod has no address or declares no port
     */
    public static Optional<TargetProbe> open(
            Vertx vertx, KubernetesClient client, Pod pod, @Nullable Integer port, String path) {
        Optional<Integer> known = port == null ? declared(pod) : Optional.of(port);
        String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        if (known.isEmpty() || ip == null || ip.isEmpty()) {
            return Optional.empty();
        }
        String name = pod.getMetadata().getName();
        if (isReachable(ip, known.get())) {
            String host = ip.contains(":") ? "[" + ip + "]" : ip;
            return Optional.of(new TargetProbe(vertx, name, URI.create("http://" + host + ":" + known.get() + path)));
        }
        return Optional.of(new TargetProbe(
                client,
                "/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/" + name + ":" + known.get()
                        + "/proxy" + path));
    }

    private static Optional<Integer> declared(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .flatMap(container -> container.getPorts().stream())
                .filter(port -> port.getProtocol() == null || port.getProtocol().equals("TCP"))
                .map(port -> port.getContainerPort())
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static boolean isReachable(String ip, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(ip, port), REACH_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The requests that were due in a span of time, in order; those without an answer yet are not among them. */
    public Sample between(long fromNanos, long untilNanos) {
        List<Request> within = requests.stream()
                .filter(request -> request.intendedNanos() >= fromNanos && request.intendedNanos() < untilNanos)
                .sorted(Comparator.comparingLong(Request::intendedNanos))
                .toList();
        return new Sample(within);
    }

    @Override
    public void close() {
        try {
            source.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Requests through the API server. What it says of a pod that does not answer (502, 503, 504) is no answer of the pod. */
    private static final class Proxied {
        private static final int BAD_GATEWAY = 502;
        private static final int GATEWAY_TIMEOUT = 504;

        private final ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(PROXIED_AT_ONCE, task -> {
            Thread thread = new Thread(task, "target-probe");
            thread.setDaemon(true);
            return thread;
        });
        private final KubernetesClient client;
        private final String path;
        private final ConcurrentLinkedQueue<Request> requests;

        Proxied(KubernetesClient client, String path, ConcurrentLinkedQueue<Request> requests) {
            this.client = client;
            this.path = path;
            this.requests = requests;
            var unused = threads.scheduleAtFixedRate(
                    () -> {
                        long intended = System.nanoTime();
                        threads.execute(() -> send(intended));
                    },
                    0,
                    1_000 / PER_SECOND,
                    TimeUnit.MILLISECONDS);
        }

        private void send(long intended) {
            long sent = System.nanoTime();
            int status = 200;
            String error = null;
            try {
                client.raw(path);
            } catch (KubernetesClientException e) {
                status = e.getCode();
                boolean unanswered = status == 0 || (status >= BAD_GATEWAY && status <= GATEWAY_TIMEOUT);
                error = unanswered ? "no answer through the API server" : null;
                status = unanswered ? 0 : status;
            }
            long done = System.nanoTime();
            if (error == null && done - intended > PATIENCE.toNanos()) {
                error = "no answer in time";
            }
            requests.add(new Request(intended, sent, done, status, error, null));
        }

        void close() {
            threads.shutdownNow();
        }
    }
}
