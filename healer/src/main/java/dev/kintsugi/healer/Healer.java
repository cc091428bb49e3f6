package dev.kintsugi.healer;

import dev.kintsugi.healer.cluster.Actuator;
import dev.kintsugi.healer.cluster.ConfigSource;
import dev.kintsugi.healer.cluster.Observer;
import dev.kintsugi.healer.cluster.Prober;
import dev.kintsugi.healer.journal.Journal;
import dev.kintsugi.healer.model.Incident;
import dev.kintsugi.healer.model.Notice;
import dev.kintsugi.healer.notify.KubernetesEvents;
import dev.kintsugi.healer.notify.Notifications;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running healer: everything wired together. It serves its health from the beginning, works from the moment it is
 * ready, and keeps trying to get there for as long as the API server does not answer.
 */
public final class Healer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Healer.class);
    private static final Duration MAX_STALL = Duration.ofSeconds(30);
    private static final String READY = "ready";
    private static final String FIRST_VIEW = "waiting for the first view of the cluster, without a watch on";

    private final HealerOptions options;
    private final Journal journal;
    private final Notifications notifications;
    private final Metrics metrics = new Metrics();
    private final Loop loop;
    private final Observer observer;
    private final ConfigSource config;
    private final HealthServer http;
    private final KubernetesClient client;
    private final Thread starter;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile String stage = "starting";

    private Healer(KubernetesClient client, HealerOptions options) throws IOException {
        this.options = options;
        this.client = client;
        KubernetesClient once = withoutRetries(client, options);
        this.notifications = new Notifications(
                List.of(new KubernetesEvents(once, options.clock(), hostName())), metrics::notificationFailed);
        this.journal = new Journal(once);
        this.loop = new Loop(
                journal,
                new Actuator(once, options.requestTimeout()),
                new Prober(options.clock()),
                this::tell,
                metrics,
                options.clock());
        this.observer = new Observer(client, options.clock(), loop);
        this.config = new ConfigSource(
                client, options.configNamespace(), options.configName(), loop::configure, this::refused);
        InetSocketAddress address = new InetSocketAddress(options.httpAddress(), options.httpPort());
        try {
            this.http = new HealthServer(address, metrics.registry(), this::notLive, this::notReady);
        } catch (IOException e) {
            loop.close();
            throw new IOException("cannot serve on " + address + ": " + e.getMessage(), e);
        }
        this.starter = new Thread(this::startUp, "healer-start");
        this.starter.setDaemon(true);
    }

    /**
     * Starts a healer. Returns at once; {@code /readyz} and {@link #ready()} tell when it works.
     *
     * @param client stays the caller's to close
     * @throws IOException if metrics and health cannot be served at the address
     */
    public static Healer start(KubernetesClient client, HealerOptions options) throws IOException {
        Healer healer = new Healer(client, options);
        healer.starter.start();
        return healer;
    }

    /** Where metrics and health are served. */
    public InetSocketAddress httpAddress() {
        return http.address();
    }

    /** Whether it works. */
    public boolean ready() {
        return notReady() == null;
    }

    /** Ends it: what is under way is finished or left to the journal; nothing is left behind in this process. */
    @Override
    public void close() {
        stage = "closing";
        closing.countDown();
        starter.interrupt();
        config.close();
        observer.close();
        loop.close();
        notifications.close();
        http.close();
    }

    private void startUp() {
        try {
            var seen = observer.start();
            var configured = config.start().toCompletableFuture();
            WarmUp.run(client.getKubernetesSerialization(), options.clock().instant());
            List<Incident> journalled = openJournal();
            stage = "waiting for the configuration";
            configured.get();
            stage = FIRST_VIEW;
            seen.get();
            loop.begin(observer, journalled);
            stage = READY;
            log.info(
                    "ready; metrics and health at http://{}:{}",
                    http.address().getHostString(),
                    http.address().getPort());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            stage = "cannot start: " + rootCause(e);
            log.error("cannot start", e);
        }
    }

    private List<Incident> openJournal() throws InterruptedException {
        while (true) {
            try {
                stage = "waiting for the journal";
                journal.prepare();
                return journal.read();
            } catch (RuntimeException e) {
                stage = "waiting for the journal: " + rootCause(e);
                log.warn("the journal is not there yet: {}", rootCause(e));
                if (closing.await(1, TimeUnit.SECONDS)) {
                    throw new InterruptedException("closing");
                }
            }
        }
    }

    private void tell(Notice notice) {
        if (config.current().notificationEnabled()) {
            notifications.tell(notice);
        }
    }

    private void refused(Notice notice) {
        metrics.configRejected();
        notifications.tell(notice);
    }

    private @Nullable String notReady() {
        String now = stage;
        return now.equals(READY) ? null : now.equals(FIRST_VIEW) ? now + " " + observer.notWatching() : now;
    }

    private @Nullable String notLive() {
        if (loop.stalledFor().compareTo(MAX_STALL) > 0) {
            return "the loop has stalled for " + loop.stalledFor().toSeconds() + " s";
        }
        if (!stage.equals(READY)) {
            return null;
        }
        Instant fed = observer.fedUntil();
        boolean silent = Duration.between(fed, options.clock().instant()).compareTo(options.watchSilenceLimit()) > 0;
        return silent ? "no watch since " + fed + ": " + observer.notWatching() : null;
    }

    /** The healer decides itself when to try again; what the client retries by itself would only hide the answer. */
    private static KubernetesClient withoutRetries(KubernetesClient client, HealerOptions options) {
        return client.newClient(new RequestConfigBuilder()
                        .withRequestRetryBackoffLimit(0)
                        .withRequestTimeout(
                                Math.toIntExact(options.requestTimeout().toMillis()))
                        .build())
                .adapt(KubernetesClient.class);
    }

    /** What went wrong, in a line for people: the client says "an error has occurred" and wraps the reason. */
    static String rootCause(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
