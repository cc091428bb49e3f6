package dev.kintsugi.features.run;

import dev.kintsugi.chaos.mesh.ChaosDriver;
import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.reports.model.Environment;
import dev.kintsugi.reports.model.ScenarioResult;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the scenarios of one run share: the cluster, the healer beside it, the chaos driver and the seed.
 *
 * <p>Cucumber makes the objects that carry the steps itself, so they find the session by {@link #current()}. There is one at
 * a time in a JVM.
 */
public final class Session implements AutoCloseable {

    /**
     * How the healer is set up for a run: it reacts within seconds, where a production one would take its time. The keys are
     * those of its ConfigMap.
     */
    static final Map<String, String> HEALER_SETTINGS = Map.of(
            "health_check_interval", "10",
            "pod_not_ready_threshold", "5",
            "stable_for", "2",
            "attempt_delay", "5",
            "cooldown", "5");

    private static final String HEALER_CONFIG = "self-healing-config";
    private static final String HEALER_NAMESPACE = "self-healing";
    private static final String RECOVERY_DEFINITION = "/dev/kintsugi/healer/journal/recoveries.kintsugi.dev.yaml";
    private static final AtomicReference<@Nullable Session> CURRENT = new AtomicReference<>();

    private final Cluster cluster;
    private final long seed;
    private final Progress progress;
    private final Vertx vertx = Vertx.vertx();
    private final ChaosDriver driver;
    private final HealerProcess healer;
    private final Results results = new Results();
    private final Set<String> namespaces = new HashSet<>();

    private Session(Cluster cluster, long seed, Path logs, Installation installation, Progress progress) {
        this.cluster = cluster;
        this.seed = seed;
        this.progress = progress;
        this.driver = ChaosDriver.leased(cluster.client(), System::nanoTime);
        this.healer = new HealerProcess(
                installation.java(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), MAIN),
                cluster.kubeconfig(),
                logs.resolve("healer.log"));
    }

    private static final String MAIN = "dev.kintsugi.features.cli.Kintsugi";

    /**
     * Prepares a cluster for scenarios and makes it the current session.
     *
     * @param cluster starts it; the session closes it, also when it cannot be prepared
     * @param logs where the healer's log goes
     * @throws IllegalStateException when there is a current session
     */
    public static Session open(
            Supplier<Cluster> cluster, long seed, Path logs, Installation installation, Progress progress) {
        progress.note("starting the cluster");
        Session session = new Session(cluster.get(), seed, logs, installation, progress);
        if (!CURRENT.compareAndSet(null, session)) {
            session.end();
            throw new IllegalStateException("a run is under way in this JVM, and there can be one at a time");
        }
        try {
            session.prepare();
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
        return session;
    }

    /** The session of this JVM. */
    public static Session current() {
        Session session = CURRENT.get();
        if (session == null) {
            throw new IllegalStateException(
                    "no run is under way: steps work only within `kintsugi run` or the test suite");
        }
        return session;
    }

    private void prepare() {
        KubernetesClient client = cluster.client();
        try (InputStream definition = Session.class.getResourceAsStream(RECOVERY_DEFINITION)) {
            if (definition == null) {
                throw new IllegalStateException(RECOVERY_DEFINITION + " is not on the class path");
            }
            client.load(definition).items().forEach(object -> client.resource(object)
                    .createOr(NonDeletingOperation::update));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(HEALER_NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(HEALER_CONFIG)
                        .withNamespace(HEALER_NAMESPACE)
                        .endMetadata()
                        .withData(HEALER_SETTINGS)
                        .build())
                .create();
    }

    public Cluster cluster() {
        return cluster;
    }

    public KubernetesClient client() {
        return cluster.client();
    }

    public ChaosDriver driver() {
        return driver;
    }

    public HealerProcess healer() {
        return healer;
    }

    public Vertx vertx() {
        return vertx;
    }

    /** From which every choice of the run is drawn. */
    public long seed() {
        return seed;
    }

    public Progress progress() {
        return progress;
    }

    /**
     * Gives a scenario a namespace that no other scenario of the run has had: the name itself, or with a number behind it. A
     * namespace goes away slowly, and features in different files may have scenarios of one name.
     */
    public String namespace(String name) {
        String free = name;
        for (int number = 2; !namespaces.add(free); number++) {
            free = name + "-" + number;
        }
        return free;
    }

    /** What the scenarios have found out so far. */
    public Results results() {
        return results;
    }

    /** Where the run takes place. */
    public Environment environment() {
        return new Environment(
                cluster.kind(),
                cluster.client().getKubernetesVersion().getGitVersion(),
                cluster.client().nodes().list().getItems().size(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version", "unknown"),
                System.getProperty("os.name", "unknown") + " " + System.getProperty("os.arch", "unknown"),
                cluster.timings(),
                Version.current());
    }

    /** The results in the order in which the scenarios ran. */
    public List<ScenarioResult> scenarios() {
        return results.all();
    }

    @Override
    public void close() {
        CURRENT.compareAndSet(this, null);
        end();
    }

    private void end() {
        try (cluster;
                driver;
                healer) {
            vertx.close();
        }
    }
}
