package dev.kintsugi.healer.cluster;

import dev.kintsugi.healer.model.Endpoint;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.ProbeResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Asks a pod a few times at the endpoint of its readiness probe, each time over a new connection, as a kubelet does. */
public final class Prober {

    private static final int MAX_BODY = 64 * 1024;
    private static final Duration MARGIN = Duration.ofMillis(500);

    private final InstantSource clock;

    /** Stamps its answers by {@code clock}. */
    public Prober(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Asks one after the other; stops at the first failure.
     *
     * @param requests how many
     * @param threshold what a request may take; a little longer is waited, then it has failed
     */
    public ProbeResult probe(PodState pod, int requests, Duration threshold) {
        Endpoint endpoint = Objects.requireNonNull(pod.endpoint(), "a pod without an endpoint cannot be asked");
        int timeout = Math.toIntExact(threshold.plus(MARGIN).toMillis());
        boolean connected = false;
        String problem = null;
        Duration slowest = Duration.ZERO;
        int made = 0;
        while (made < requests && problem == null) {
            made++;
            long start = System.nanoTime();
            try (Connection connection = open(endpoint, timeout)) {
                connected = true;
                problem = connection.ask();
            } catch (IOException | GeneralSecurityException | URISyntaxException e) {
                problem = String.valueOf(e.getMessage());
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
        }
        return new ProbeResult(
                pod.ref().uid(),
                clock.instant(),
                connected,
                made,
                problem == null ? 0 : 1,
                slowest,
                problem == null ? "" : endpoint + ": " + problem);
    }

    /** An open connection, over which at most one request goes. */
    private interface Connection extends AutoCloseable {
        /** The problem with the answer; null if there is none. */
        @Nullable String ask() throws IOException;

        @Override
        void close() throws IOException;
    }

    private static Connection open(Endpoint endpoint, int timeout)
            throws IOException, GeneralSecurityException, URISyntaxException {
        return endpoint.path() == null ? new Tcp(endpoint, timeout) : new Http(endpoint, endpoint.path(), timeout);
    }

    private static final class Tcp implements Connection {
        private final Socket socket = new Socket();

        Tcp(Endpoint endpoint, int timeout) throws IOException {
            try {
                socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), timeout);
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        }

        @Override
        public @Nullable String ask() {
            return null;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static final class Http implements Connection {
        private final HttpURLConnection http;

        Http(Endpoint endpoint, String path, int timeout)
                throws IOException, GeneralSecurityException, URISyntaxException {
            String host = endpoint.host().contains(":") ? "[" + endpoint.host() + "]" : endpoint.host();
            URI uri = new URI(endpoint.scheme() + "://" + host + ":" + endpoint.port()
                    + (path.startsWith("/") ? path : "/" + path));
            http = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            if (http instanceof HttpsURLConnection https) {
                https.setSSLSocketFactory(unverified().getSocketFactory());
                https.setHostnameVerifier((name, session) -> true);
            }
            http.setConnectTimeout(timeout);
            http.setReadTimeout(timeout);
            http.setInstanceFollowRedirects(false);
            http.setUseCaches(false);
            http.setRequestProperty("Connection", "close");
            http.setRequestProperty("User-Agent", "kintsugi-healer");
            http.connect();
        }

        @Override
        public @Nullable String ask() throws IOException {
            int code = http.getResponseCode();
            try (InputStream body = code < 400 ? http.getInputStream() : http.getErrorStream()) {
                if (body != null) {
                    body.readNBytes(MAX_BODY);
                }
            }
            return code >= 200 && code < 400 ? null : "answered " + code;
        }

        @Override
        public void close() {
            http.disconnect();
        }
    }

    /** A probe's certificate is not verified; neither does a kubelet ("Configure Probes": HTTP probes). */
    private static SSLContext unverified() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
        return context;
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
