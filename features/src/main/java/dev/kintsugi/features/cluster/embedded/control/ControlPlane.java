package dev.kintsugi.features.cluster.embedded.control;

import dev.kintsugi.features.cluster.embedded.EndpointAddresses;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.cluster.embedded.control.batch.CronJobLoop;
import dev.kintsugi.features.cluster.embedded.control.batch.JobLoop;
import dev.kintsugi.features.cluster.embedded.control.disruption.DisruptionBudgetLoop;
import dev.kintsugi.features.cluster.embedded.control.garbage.GarbageLoop;
import dev.kintsugi.features.cluster.embedded.control.garbage.NamespaceLoop;
import dev.kintsugi.features.cluster.embedded.control.garbage.PodGarbageLoop;
import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.node.NodeLifecycleLoop;
import dev.kintsugi.features.cluster.embedded.control.node.TaintEvictionLoop;
import dev.kintsugi.features.cluster.embedded.control.scheduling.SchedulerLoop;
import dev.kintsugi.features.cluster.embedded.control.service.EndpointSliceLoop;
import dev.kintsugi.features.cluster.embedded.control.service.EndpointsLoop;
import dev.kintsugi.features.cluster.embedded.control.storage.VolumeClaimLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.DaemonSetLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.DeploymentLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.ReplicaSetLoop;
import dev.kintsugi.features.cluster.embedded.control.workload.StatefulSetLoop;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The control loops of a cluster: scheduler and controllers. An ordinary client of the Kubernetes API; every loop wakes by watches and
 * has a thread of its own.
 */
public final class ControlPlane implements AutoCloseable {

    /** kube-controller-manager {@code --terminated-pod-gc-threshold}. */
    private static final int MOST_ENDED_PODS = 12_500;

    private final List<LoopWorker> workers;
    private final Events events;
    private final Watches watches;

    private ControlPlane(KubernetesClient client, List<Loop> loops, InstantSource clock) {
        Set<Class<? extends HasMetadata>> models = new HashSet<>(Set.of(CustomResourceDefinition.class));
        loops.forEach(loop -> models.addAll(loop.kinds()));
        Kinds kinds = Kinds.discover(client, models);
        Cache cache = new Cache(this::changed);
        events = new Events(client, clock);
        watches = new Watches(client, kinds, cache);
        Writer writer = new Writer(client, kinds, cache, events);
        workers = loops.stream()
                .map(loop -> new LoopWorker(loop, cache, writer, clock))
                .toList();
    }

    /**
     * Starts all loops; they know all that exists when this returns.
     *
     * @param client of the cluster's API; stays the caller's
     * @param timings of the node lifecycle, scheduling and disruption loops
     * @param clock of conditions and deadlines
     * @param seed of the scheduler's choice between equal nodes
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the API server cannot be reached
     */
    public static ControlPlane start(KubernetesClient client, Timings timings, InstantSource clock, long seed) {
        return start(client, timings, EndpointAddresses.SAME, clock, seed);
    }

    /**
     * The same, for an API server that may not be the project's own.
     *
     * @param addresses how pods' addresses are written into endpoints
     */
    public static ControlPlane start(
            KubernetesClient client, Timings timings, EndpointAddresses addresses, InstantSource clock, long seed) {
        ControlPlane plane = new ControlPlane(client, loops(timings, addresses, seed, rootCertificate(client)), clock);
        try {
            plane.watches.start();
        } catch (RuntimeException e) {
            plane.close();
            throw e;
        }
        plane.workers.forEach(LoopWorker::begin);
        return plane;
    }

    /** As PEM; empty if the API server has none. */
    private static String rootCertificate(KubernetesClient client) {
        String data = client.getConfiguration().getCaCertData();
        return data == null ? "" : new String(Base64.getMimeDecoder().decode(data), StandardCharsets.US_ASCII);
    }

    /** All loops there are: a further one is one more line. */
    private static List<Loop> loops(Timings timings, EndpointAddresses addresses, long seed, String rootCertificate) {
        return List.of(
                new DeploymentLoop(),
                new ReplicaSetLoop(),
                new StatefulSetLoop(),
                new DaemonSetLoop(),
                new VolumeClaimLoop(),
                new JobLoop(),
                new CronJobLoop(),
                new SchedulerLoop(timings, seed),
                new EndpointSliceLoop(addresses),
                new EndpointsLoop(addresses),
                new GarbageLoop(),
                new PodGarbageLoop(MOST_ENDED_PODS),
                new NamespaceLoop(rootCertificate),
                new DisruptionBudgetLoop(timings),
                new NodeLifecycleLoop(timings),
                new TaintEvictionLoop());
    }

    private void changed(Change change) {
        watches.changed(change);
        workers.forEach(worker -> worker.changed(change));
    }

    /** Ends all threads and watches; what is in the cluster stays as it is. */
    @Override
    public void close() {
        watches.close();
        workers.forEach(LoopWorker::close);
        events.close();
    }
}
