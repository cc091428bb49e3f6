package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.emulation.orchestration.Orchestration;
import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.model.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Chaos Mesh's controllers, for a cluster that has none: those of the experiments, and those of Schedule, Workflow and
 * StatusCheck, which create experiments. It watches all of them, and has each looked at by whoever it concerns.
 */
public final class ChaosMeshEmulation implements AutoCloseable {

    /**
     * How the controllers are set up.
     *
     * @param seed chooses the victims where an experiment leaves that open
     * @param filterNamespaces only namespaces with the annotation {@code chaos-mesh.org/inject: enabled} are chosen from
     *     ({@code controllerManager.enableFilterNamespace} of the Helm chart)
     * @param zone in which cron schedules are read that name none
     */
    public record Options(long seed, boolean filterNamespaces, ZoneId zone) {

        /** As the Helm chart sets it up. */
        public static Options withSeed(long seed) {
            return new Options(seed, false, ZoneId.systemDefault());
        }
    }

    private final EventWriter events;
    private final Experiments experiments;
    private final Orchestrator orchestrator;
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

    private ChaosMeshEmulation(KubernetesClient client, ChaosDaemon daemon, InstantSource clock, Options options) {
        this.events = new EventWriter(client, clock);
        this.experiments = new Experiments(client, daemon, clock, options, events);
        this.orchestrator = new Orchestrator(client, new Orchestration(options.zone()), clock, events);
    }

    /** {@link #start(KubernetesClient, ChaosDaemon, InstantSource, Options)}, set up as the Helm chart does. */
    public static ChaosMeshEmulation start(
            KubernetesClient client, ChaosDaemon daemon, InstantSource clock, long seed) {
        return start(client, daemon, clock, Options.withSeed(seed));
    }

    /**
     * Installs what is missing of the CustomResourceDefinitions, and starts to play the controllers.
     *
     * @param client stays the caller's to close, after this
     * @param daemon brings the faults about
     * @param clock of the cluster: durations count by it from the resource's creation
     */
    public static ChaosMeshEmulation start(
            KubernetesClient client, ChaosDaemon daemon, InstantSource clock, Options options) {
        new CustomResourceDefinitions(client).install();
        ChaosMeshEmulation emulation = new ChaosMeshEmulation(client, daemon, clock, options);
        emulation.watch(client);
        return emulation;
    }

    private void watch(KubernetesClient client) {
        for (Kind kind : Kind.values()) {
            informers.add(client.genericKubernetesResources(Manifests.context(kind))
                    .inAnyNamespace()
                    .inform(new Listener<GenericKubernetesResource>(
                            resource -> {
                                experiments.changed(kind, resource);
                                orchestrator.heard(kind.text(), resource);
                            },
                            resource -> {
                                experiments.gone(kind, resource);
                                orchestrator.heard(kind.text(), resource);
                            })));
        }
        Orchestration.PLURALS.forEach(
                (kind, plural) -> informers.add(client.genericKubernetesResources(LiveWorld.context(kind))
                        .inAnyNamespace()
                        .inform(new Listener<GenericKubernetesResource>(
                                resource -> orchestrator.heard(kind, resource),
                                resource -> orchestrator.heard(kind, resource)))));
        informers.add(client.pods()
                .inAnyNamespace()
                .withLabel(Orchestration.CONTROLLED_BY)
                .inform(new Listener<>(pod -> orchestrator.heard("Pod", pod), pod -> orchestrator.heard("Pod", pod))));
    }

    /** Stops. What is in force stays so: the nodes end with the cluster. */
    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::stop);
        orchestrator.close();
        experiments.close();
        events.close();
    }

    private record Listener<T extends HasMetadata>(Consumer<T> changed, Consumer<T> gone)
            implements ResourceEventHandler<T> {

        @Override
        public void onAdd(T resource) {
            changed.accept(resource);
        }

        @Override
        public void onUpdate(T before, T after) {
            changed.accept(after);
        }

        @Override
        public void onDelete(T resource, boolean finalStateUnknown) {
            gone.accept(resource);
        }
    }
}
