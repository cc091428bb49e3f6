package dev.kintsugi.features.run;

import dev.kintsugi.chaos.mesh.ChaosDriver;
import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.features.cluster.Capabilities;
import dev.kintsugi.features.cluster.Capability;
import dev.kintsugi.features.cluster.Cluster;
import dev.kintsugi.features.cluster.reach.Destination;
import dev.kintsugi.features.cluster.reach.DirectReach;
import dev.kintsugi.features.cluster.reach.ProxyReach;
import dev.kintsugi.features.cluster.reach.Reach;
import dev.kintsugi.features.cluster.reach.UrlReach;
import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.reports.model.Environment;
import dev.kintsugi.reports.model.ScenarioResult;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
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

    /** For a healer that cannot open a connection to a pod from here: it judges by what the cluster says alone. */
    private static final Map<String, String> WITHOUT_PROBES = Map.of("verification_probes", "false");

    private static final String HEALER_NAMESPACE = "self-healing";
    /** On a cluster of others the usual name is theirs. */
    private static final String HEALER_NAMESPACE_AMONG_OTHERS = "kintsugi-run";

    private static final Duration PROBE = Duration.ofMillis(1_500);
    private static final Duration REMOVAL = Duration.ofSeconds(10);
    private static final Duration LEAVING = Duration.ofSeconds(60);
    private static final String MAIN = "dev.kintsugi.features.cli.Kintsugi";
    private static final AtomicReference<@Nullable Session> CURRENT = new AtomicReference<>();

    private final Cluster cluster;
    private final Setup setup;
    private final long seed;
    private final Path logs;
    private final Installation installation;
    private final Progress progress;
    private final Vertx vertx = Vertx.vertx();
    private final ChaosDriver driver;
    private final Belongings belongings;
    private final Capabilities capabilities;
    private final Thread onSignal = new Thread(this::leave, "leave");
    private final Results results = new Results();
    private @Nullable HealerSwitch healer;
    private @Nullable String ownHealersNamespace;
    private @Nullable Reach reach;

    private Session(Cluster cluster, Setup setup, long seed, Path logs, Installation installation, Progress progress) {
        this.cluster = cluster;
        this.setup = setup;
        this.seed = seed;
        this.logs = logs;
        this.installation = installation;
        this.progress = progress;
        this.driver = ChaosDriver.leased(cluster.client(), System::nanoTime);
        this.belongings = new Belongings(
                cluster.client(), HexFormat.of().toHexDigits(new SecureRandom().nextInt()), cluster.shared());
        this.capabilities = capabilities(cluster, setup);
    }

    private static Capabilities capabilities(Cluster cluster, Setup setup) {
        Capabilities able = cluster.capabilities();
        return setup.chaos() == Setup.Chaos.API
                ? able.without(Capability.CHAOS_MESH, "--chaos api leaves it out")
                        .without(Capability.NETEM, "--chaos api leaves Chaos Mesh out")
                : able;
    }

    /** Prepares a cluster in the default way, see {@link #open(Supplier, Setup, long, Path, Installation, Progress)}. */
    public static Session open(
            Supplier<Cluster> cluster, long seed, Path logs, Installation installation, Progress progress) {
        return open(cluster, Setup.DEFAULT, seed, logs, installation, progress);
    }

    /**
     * Prepares a cluster for scenarios and makes it the current session.
     *
     * @param cluster starts it; the session closes it, also when it cannot be prepared
     * @param logs where the healer's log goes
     * @throws IllegalStateException when there is a current session
     * @throws Inconclusive when the cluster lacks what the setup demands
     */
    public static Session open(
            Supplier<Cluster> cluster,
            Setup setup,
            long seed,
            Path logs,
            Installation installation,
            Progress progress) {
        progress.note("starting the cluster");
        Session session = new Session(cluster.get(), setup, seed, logs, installation, progress);
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
        if (setup.chaos() == Setup.Chaos.MESH && !capabilities.has(Capability.CHAOS_MESH)) {
            throw new Inconclusive("--chaos mesh " + capabilities.lack(Capability.CHAOS_MESH));
        }
        if (cluster.shared()) {
            Runtime.getRuntime().addShutdownHook(onSignal);
        }
        if (!capabilities.has(Capability.CHAOS_MESH)) {
            progress.note(
                    "pods are killed by the Kubernetes API, all else " + capabilities.lack(Capability.CHAOS_MESH));
        }
        belongings.installRecoveries();
        healer = chooseHealer();
    }

    /** One that runs in the cluster is used, since two would get in each other's way; else there is one of the run's own. */
    private HealerSwitch chooseHealer() {
        Optional<DeployedHealer> deployed = cluster.shared() ? DeployedHealer.find(cluster.client()) : Optional.empty();
        boolean running = deployed.filter(DeployedHealer::wasOn).isPresent();
        switch (setup.healer()) {
            case IN_CLUSTER -> {
                return deployed.orElseThrow(
                        () -> new Inconclusive("--healer in-cluster: no Deployment in the cluster is"
                                + " labelled app.kubernetes.io/name=healer; install charts/healer"));
            }
            case LOCAL -> {
                if (running) {
                    throw new Inconclusive("--healer local: " + deployed.get() + " runs already, and two would heal the"
                            + " same; use it by --healer in-cluster, or scale it to 0");
                }
            }
            case AUTO -> {
                if (running) {
                    progress.note("healing is left to " + deployed.get() + ", with its own settings");
                    return deployed.get();
                }
            }
        }
        String namespace = belongings.createForHealer(
                cluster.shared() ? HEALER_NAMESPACE_AMONG_OTHERS : HEALER_NAMESPACE, HEALER_SETTINGS);
        ownHealersNamespace = namespace;
        return new HealerProcess(
                installation.java(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), MAIN),
                cluster.kubeconfig(),
                namespace,
                logs.resolve("healer.log"));
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

    public HealerSwitch healer() {
        return Objects.requireNonNull(healer, "the session is not prepared");
    }

    /** What scenarios can do here. */
    public Capabilities capabilities() {
        return capabilities;
    }

    /** The image of the sample app where it is another than its manifest names. */
    public Optional<String> sampleAppImage() {
        return Optional.ofNullable(setup.sampleAppImage());
    }

    /**
     * The way that requests take into the cluster. Where it is not laid down it is chosen once, by the first Service that
     * answers: direct when a request to its cluster IP is answered by one of its pods, else by the API server's proxy.
     */
    public synchronized Reach reach(Destination service) throws InterruptedException {
        Reach chosen = reach;
        if (chosen == null) {
            chosen = chooseReach(service);
            reach = chosen;
            configureOwnHealer();
            if (cluster.shared()) {
                progress.step("requests get into the cluster by: " + chosen.describe());
            }
        }
        return chosen;
    }

    private Reach chooseReach(Destination service) throws InterruptedException {
        Reach direct = new DirectReach(vertx);
        return switch (setup.reach()) {
            case Setup.REACH_DIRECT -> direct;
            case Setup.REACH_PROXY -> proxy();
            case Setup.REACH_AUTO -> {
                if (!cluster.shared()) {
                    yield direct;
                }
                String servedBy = direct.once(service, "GET", "/", PROBE).servedBy();
                // Another machine may have the same address outside of the cluster.
                yield servedBy != null && servedBy.startsWith(service.name() + "-") ? direct : proxy();
            }
            default -> new UrlReach(vertx, setup.reach(), proxy());
        };
    }

    private Reach proxy() {
        return ProxyReach.of(cluster.client().getConfiguration());
    }

    /**
     * Kills pods without Chaos Mesh; the seed chooses them as it would with it.
     *
     * @throws Inconclusive when there is none, or the cluster does not do it
     */
    public ApiPodKill killByApi(Experiment experiment, Fault.PodKill kill) throws InterruptedException {
        try {
            List<PodInfo> victims = driver.victims(experiment, seed, REMOVAL);
            if (victims.isEmpty()) {
                throw new Inconclusive("nothing was injected: no living pod is among "
                        + experiment.target().selector().describe(experiment.namespace()));
            }
            return ApiPodKill.of(cluster.client(), victims, kill.gracePeriodSeconds(), System::nanoTime);
        } catch (TimeoutException e) {
            throw new Inconclusive("nothing was injected: the cluster did not answer", e);
        }
    }

    /** From which every choice of the run is drawn. */
    public long seed() {
        return seed;
    }

    public Progress progress() {
        return progress;
    }

    /**
     * Gives a scenario a namespace that no other scenario of the run has had, nor anybody else in the cluster: the name itself,
     * or with a number behind it. A namespace goes away slowly, and features in different files may have scenarios of one name.
     */
    public String namespace(String name) {
        return belongings.free(name);
    }

    /** Creates a namespace that {@link #namespace} gave. */
    public void createNamespace(String name) {
        belongings.create(name);
        configureOwnHealer();
    }

    /** Again with every namespace that came, and when it is known how pods are reached; it reads its settings while it runs. */
    private synchronized void configureOwnHealer() {
        if (ownHealersNamespace == null) {
            return;
        }
        Map<String, String> settings = new HashMap<>(HEALER_SETTINGS);
        if (reach != null && !(reach instanceof DirectReach)) {
            settings.putAll(WITHOUT_PROBES);
        }
        belongings.configure(ownHealersNamespace, settings);
    }

    /** Whether a change in this namespace can be held against a scenario; in a shared cluster others change what they like. */
    public boolean isOfInterest(String namespace) {
        return belongings.isOfInterest(namespace);
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
                Version.current(),
                way());
    }

    /** The results in the order in which the scenarios ran. */
    public List<ScenarioResult> scenarios() {
        return results.all();
    }

    private synchronized String way() {
        Reach chosen = reach;
        return chosen == null ? Environment.DIRECT : chosen.describe();
    }

    /**
     * Takes back what the run did in a shared cluster: faults, namespaces, the size of a healer. Runs on a signal, too, while
     * scenarios are still going on.
     */
    private synchronized void leave() {
        if (!cluster.shared()) {
            return;
        }
        try {
            driver.removeAll(REMOVAL);
            if (ownHealersNamespace != null && healer != null) {
                healer.close();
                belongings.forgetRecoveries();
            }
            belongings.leave(LEAVING).forEach(progress::note);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            progress.note("the cluster is not as it was: " + e.getMessage());
        } finally {
            if (healer != null) {
                healer.close();
            }
        }
    }

    @Override
    public void close() {
        CURRENT.compareAndSet(this, null);
        if (cluster.shared()) {
            progress.note("leaving the cluster as it was");
            leave();
            try {
                Runtime.getRuntime().removeShutdownHook(onSignal);
            } catch (IllegalStateException e) {
                // The JVM ends already, and the hook runs or has run.
                return;
            }
        }
        end();
    }

    private void end() {
        try (cluster;
                driver) {
            if (healer != null) {
                healer.close();
            }
            if (reach != null) {
                reach.close();
            }
            vertx.close();
        }
    }
}
