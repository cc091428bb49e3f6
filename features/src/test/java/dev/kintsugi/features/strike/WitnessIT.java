package dev.kintsugi.features.strike;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.chaos.drive.Connection;
import dev.kintsugi.chaos.drive.Experiments;
import dev.kintsugi.chaos.emulation.ChaosDaemon;
import dev.kintsugi.chaos.guard.Plan;
import dev.kintsugi.chaos.guard.Planner;
import dev.kintsugi.chaos.guard.Surroundings;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.mesh.Injection;
import dev.kintsugi.chaos.mesh.Outcome;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.features.acceptance.MeshCluster;
import dev.kintsugi.features.cluster.SampleAppImage;
import dev.kintsugi.features.recording.TargetProbe;
import dev.kintsugi.features.run.Installation;
import dev.kintsugi.reports.model.EffectVerdict;
import dev.kintsugi.reports.model.Proof;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The proofs of effect, on real processes and from outside. Chaos Mesh says of each fault that it is injected; in one of two
 * namespaces that is a lie, since somebody stands between it and the node.
 */
final class WitnessIT {

    private static final String HONEST = "honest";
    private static final String DEFEATED = "defeated";
    private static final Duration BEFORE = Duration.ofSeconds(2);
    private static final Duration DURING = Duration.ofSeconds(4);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Each on a pod of its own. */
    private static final Map<String, String> FAULTS = new LinkedHashMap<>();

    static {
        FAULTS.put("loss", "kind: NetworkChaos, spec: {action: loss, loss: {loss: '60'}, ");
        FAULTS.put("corrupt", "kind: NetworkChaos, spec: {action: corrupt, corrupt: {corrupt: '60'}, ");
        FAULTS.put("delay", "kind: NetworkChaos, spec: {action: delay, delay: {latency: 500ms}, ");
        FAULTS.put("partition", "kind: NetworkChaos, spec: {action: partition, direction: both, ");
        FAULTS.put("memory", "kind: StressChaos, spec: {stressors: {memory: {workers: 1, size: 48MiB}}, ");
        FAULTS.put("cpu", "kind: StressChaos, spec: {stressors: {cpu: {workers: 1, load: 10}}, ");
        FAULTS.put("abort", "kind: HTTPChaos, spec: {target: Request, port: 8080, abort: true, ");
        FAULTS.put("late", "kind: HTTPChaos, spec: {target: Request, port: 8080, delay: 500ms, ");
        FAULTS.put("status", "kind: HTTPChaos, spec: {target: Response, port: 8080, replace: {code: 503}, ");
    }

    @SuppressWarnings("NullAway.Init") // before all
    private static MeshCluster cluster;

    @SuppressWarnings("NullAway.Init") // before all
    private static Path kubeconfig;

    private record Trial(String name, Plan plan, List<Witness> witnesses) {}

    @BeforeAll
    static void start(@TempDir Path folder) {
        cluster = new MeshCluster(
                folder,
                29,
                new MeshCluster.Parts(
                        "kintsugi/sample-app:test",
                        SampleAppImage.in(Installation.current().sampleApp()),
                        FAULTS.size(),
                        false,
                        WitnessIT::lyingOfSome));
        kubeconfig = cluster.kubeconfig(folder);
        cluster.victims(HONEST, Map.of());
        cluster.victims(DEFEATED, Map.of());
        cluster.awaitVictims(List.of(HONEST, DEFEATED));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Does nothing to the pods of one namespace, and says that it has. */
    private static ChaosDaemon lyingOfSome(ChaosDaemon daemon) {
        return (ChaosDaemon) Proxy.newProxyInstance(
                WitnessIT.class.getClassLoader(), new Class<?>[] {ChaosDaemon.class}, (self, method, arguments) -> {
                    boolean spared = Stream.of(arguments)
                            .anyMatch(argument -> argument instanceof PodInfo pod
                                    && pod.namespace().equals(DEFEATED));
                    try {
                        return spared
                                ? (method.getReturnType() == String.class ? "0" : null)
                                : method.invoke(daemon, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void faultThatBitIsConfirmedAndOneThatOnlySaysSoHasNoEffect() throws Exception {
        Vertx vertx = Vertx.vertx();
        List<Trial> trials = new ArrayList<>();
        Map<String, Proof> proofs = new LinkedHashMap<>();
        try (Connection connection = Connection.open(kubeconfig, null);
                Experiments experiments = new Experiments(connection)) {
            int ordinal = 0;
            for (String fault : FAULTS.keySet()) {
                for (String namespace : List.of(HONEST, DEFEATED)) {
                    Plan plan = plan(experiments, namespace, fault, "web-" + ordinal);
                    trials.add(new Trial(namespace + " " + fault, plan, Witness.of(plan, connection.client(), vertx)));
                }
                ordinal++;
            }
            look(trials, BEFORE);
            Map<String, Injection> injections = new LinkedHashMap<>();
            for (Trial trial : trials) {
                Outcome outcome = experiments
                        .apply(trial.plan(), Experiments.End.NEVER, PATIENCE)
                        .outcome();
                assertThat(outcome).as("%s: %s", trial.name(), outcome.reason()).isInstanceOf(Outcome.Injected.class);
                injections.put(trial.name(), ((Outcome.Injected) outcome).injection());
            }
            look(trials, DURING);
            long until = System.nanoTime();
            look(trials, TargetProbe.PATIENCE.plus(LOOK));
            for (Trial trial : trials) {
                Injection injection = Objects.requireNonNull(injections.get(trial.name()));
                assertThat(trial.witnesses()).as(trial.name()).hasSize(1);
                proofs.put(
                        trial.name(),
                        trial.witnesses()
                                .get(0)
                                .proof(injection.requestedAtNanos(), injection.injectedAtNanos(), until));
                experiments.remove(injection.reference(), false, PATIENCE);
            }
        } finally {
            trials.forEach(trial -> trial.witnesses().forEach(Witness::close));
            vertx.close();
        }

        assertThat(proofs).hasSize(2 * FAULTS.size()).allSatisfy((name, proof) -> {
            if (name.startsWith(HONEST)) {
                assertThat(proof.effect()).as("%s: %s", name, proof).isEqualTo(EffectVerdict.CONFIRMED);
            } else {
                assertThat(proof.effect()).as("%s: %s", name, proof).isNotEqualTo(EffectVerdict.CONFIRMED);
            }
        });
        // A machine that stands still for a moment makes requests late by itself, and then nothing can be said of them.
        assertThat(proofs.values().stream().filter(proof -> proof.effect() == EffectVerdict.NO_EFFECT))
                .as("%s", proofs)
                .hasSizeGreaterThan(FAULTS.size() / 2);
        assertThat(cluster.inForce()).isEmpty();
    }

    private static Plan plan(Experiments experiments, String namespace, String fault, String pod) {
        Manifest manifest = Manifest.read(
                        "test",
                        "{apiVersion: chaos-mesh.org/v1alpha1, metadata: {name: " + fault
                                + ", namespace: " + namespace + "}, " + FAULTS.get(fault)
                                + "mode: all, selector: {pods: {" + namespace + ": [" + pod + "]}}}}")
                .manifests()
                .get(0);
        Surroundings surroundings = experiments.surroundings(List.of(manifest));
        return Planner.plan(manifest, surroundings, 1);
    }

    private static void look(List<Trial> trials, Duration howLong) {
        long end = System.nanoTime() + howLong.toNanos();
        while (System.nanoTime() < end) {
            trials.forEach(trial -> trial.witnesses().forEach(Witness::look));
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }
}
