package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.PodReader;
import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Kind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chaos Mesh's controllers for PodChaos, NetworkChaos and StressChaos, for a cluster that has none.
 *
 * <p>It watches the experiments. Whenever one changes, or its next look is due, it reads the resource anew, asks {@link Pipeline}
 * for the next step, and carries that out: writes the resource (plainly, these kinds have no status subresource), or has a fault
 * brought about and writes how that went. Each write brings the resource round again, until there is nothing to do.
 */
public final class ChaosMeshEmulation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChaosMeshEmulation.class);
    private static final int WORKERS = 4;
    private static final int MAX_CONFLICTS = 10;
    private static final Duration AFTER_ERROR = Duration.ofMillis(500);

    private record Key(Kind kind, String namespace, String name) {}

    private final KubernetesClient client;
    private final Effect.Hands hands;
    private final InstantSource clock;
    private final long seed;
    private final EventWriter events;
    private final WorkQueue<Key> queue = new WorkQueue<>("chaos-mesh", WORKERS, this::reconcile);
    private final List<SharedIndexInformer<GenericKubernetesResource>> informers = new ArrayList<>();
    private final Map<Key, String> gaveUp = new ConcurrentHashMap<>();

    private ChaosMeshEmulation(KubernetesClient client, ChaosDaemon daemon, InstantSource clock, long seed) {
        this.client = client;
        this.hands = new ApiHands(client, daemon);
        this.clock = clock;
        this.seed = seed;
        this.events = new EventWriter(client, clock);
    }

    /**
     * Installs what is missing of the CustomResourceDefinitions, and starts to play the controllers.
     *
     * @param client stays the caller's to close, after this
     * @param daemon brings the faults about
     * @param clock of the cluster: durations count by it from the resource's creation
     * @param seed chooses the victims where an experiment leaves that open
     */
    public static ChaosMeshEmulation start(
            KubernetesClient client, ChaosDaemon daemon, InstantSource clock, long seed) {
        new CustomResourceDefinitions(client).install();
        ChaosMeshEmulation emulation = new ChaosMeshEmulation(client, daemon, clock, seed);
        emulation.watch();
        return emulation;
    }

    private void watch() {
        for (Kind kind : Kind.values()) {
            informers.add(client.genericKubernetesResources(Manifests.context(kind))
                    .inAnyNamespace()
                    .inform(new Enqueue(kind)));
        }
    }

    /** Stops. What is in force stays so: the nodes end with the cluster. */
    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::stop);
        queue.close();
        events.close();
    }

    private void reconcile(Key key) {
        try {
            @Nullable GenericKubernetesResource resource = resource(key).get();
            if (resource != null) {
                take(key, resource, next(key, resource));
            }
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                LOG.warn("{} {}/{}: trying again", key.kind.text(), key.namespace, key.name, e);
                queue.add(key, AFTER_ERROR);
            }
        }
    }

    /** An experiment that the webhook would have rejected, and got in all the same, is not acted upon. */
    private Step next(Key key, GenericKubernetesResource resource) {
        Webhook.Review review = Webhook.review(Webhook.Operation.CREATE, tree(resource), null);
        if (review instanceof Webhook.Review.Rejected rejected
                && resource.getMetadata().getDeletionTimestamp() == null) {
            return new Step.GiveUp(List.of(Note.failed("validate", rejected.errors())));
        }
        return Pipeline.next(chaos(key.kind, resource), this::view, clock.instant(), seedOf(key));
    }

    private void take(Key key, GenericKubernetesResource resource, Step step) {
        if (step instanceof Step.WriteFinalizers write) {
            write.notes().forEach(note -> events.write(resource, note));
            update(key, resource, fresh -> {
                fresh.getMetadata().setFinalizers(write.finalizers());
                return fresh;
            });
            queue.add(key, Duration.ZERO);
        } else if (step instanceof Step.WriteStatus write) {
            write(key, resource, write);
        } else if (step instanceof Step.Act act) {
            write(key, resource, act(key, resource, act));
        } else if (step instanceof Step.GiveUp giveUp) {
            giveUp(key, resource, giveUp);
        } else if (step instanceof Step.Rest rest) {
            rest.until().ifPresent(until -> queue.add(key, Duration.between(clock.instant(), until)));
        }
    }

    /** Says so once for each state of the resource. */
    private void giveUp(Key key, GenericKubernetesResource resource, Step.GiveUp giveUp) {
        String version = resource.getMetadata().getResourceVersion();
        if (!version.equals(gaveUp.put(key, version))) {
            giveUp.notes().forEach(note -> events.write(resource, note));
        }
    }

    private Step.WriteStatus act(Key key, GenericKubernetesResource resource, Step.Act act) {
        List<Operation.Result> results = new ArrayList<>();
        for (Operation operation : act.operations()) {
            results.add(perform(operation));
        }
        return Conclusion.of(chaos(key.kind, resource), act.records(), results, clock.instant());
    }

    private Operation.Result perform(Operation operation) {
        try {
            return new Operation.Result(operation, operation.effect().perform(hands), Optional.empty());
        } catch (ChaosDaemonException e) {
            return new Operation.Result(operation, "", Optional.of(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("the daemon broke on {}", operation, e);
            return new Operation.Result(operation, "", Optional.of(e.toString()));
        }
    }

    private void write(Key key, GenericKubernetesResource resource, Step.WriteStatus write) {
        update(key, resource, fresh -> {
            fresh.setAdditionalProperty("status", write.status().toMap());
            return fresh;
        });
        write.notes().forEach(note -> events.write(resource, note));
        queue.add(key, Duration.ZERO);
    }

    /**
     * Writes a change, if need be onto what somebody else has written meanwhile: what has been done must not be forgotten. Only
     * this writes status and finalizers.
     */
    private void update(Key key, GenericKubernetesResource resource, UnaryOperator<GenericKubernetesResource> change) {
        GenericKubernetesResource current = resource;
        for (int attempt = 1; ; attempt++) {
            try {
                resource(key, change.apply(current)).update();
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() == 404) {
                    return;
                }
                if (e.getCode() != 409 || attempt == MAX_CONFLICTS) {
                    throw e;
                }
            }
            @Nullable GenericKubernetesResource fresh = resource(key).get();
            if (fresh == null
                    || !Objects.equals(
                            fresh.getMetadata().getUid(), resource.getMetadata().getUid())) {
                return;
            }
            current = fresh;
        }
    }

    private Resource<GenericKubernetesResource> resource(Key key) {
        return client.genericKubernetesResources(Manifests.context(key.kind))
                .inNamespace(key.namespace)
                .withName(key.name);
    }

    private Resource<GenericKubernetesResource> resource(Key key, GenericKubernetesResource item) {
        return client.genericKubernetesResources(Manifests.context(key.kind))
                .inNamespace(key.namespace)
                .resource(item);
    }

    private ClusterView view() {
        return new ClusterView(
                client.pods().inAnyNamespace().list().getItems().stream()
                        .map(PodReader::read)
                        .toList(),
                client.nodes().list().getItems().stream()
                        .collect(Collectors.toMap(
                                node -> node.getMetadata().getName(),
                                node -> Objects.requireNonNullElse(
                                        node.getMetadata().getLabels(), Map.of()))));
    }

    private static Chaos chaos(Kind kind, GenericKubernetesResource resource) {
        Webhook.Review review = Webhook.review(Webhook.Operation.CREATE, tree(resource), null);
        Map<String, Object> tree =
                review instanceof Webhook.Review.Admitted admitted ? admitted.resource() : tree(resource);
        return new Chaos(
                kind,
                resource.getMetadata().getNamespace(),
                resource.getMetadata().getName(),
                Instant.parse(resource.getMetadata().getCreationTimestamp()),
                resource.getMetadata().getDeletionTimestamp() != null,
                Objects.requireNonNullElse(resource.getMetadata().getAnnotations(), Map.of()),
                Objects.requireNonNullElse(resource.getMetadata().getFinalizers(), List.of()),
                new Tree(tree.get("spec")),
                Status.of(new Tree(resource.getAdditionalProperties().get("status"))));
    }

    private static Map<String, Object> tree(GenericKubernetesResource resource) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", resource.getApiVersion());
        tree.put("kind", resource.getKind());
        tree.put("metadata", Map.of("namespace", resource.getMetadata().getNamespace()));
        tree.put("spec", resource.getAdditionalProperties().get("spec"));
        return tree;
    }

    private long seedOf(Key key) {
        return seed * 31 + (key.namespace + "/" + key.name).hashCode();
    }

    /** Every change of an experiment is a reason to look at it. */
    private final class Enqueue implements ResourceEventHandler<GenericKubernetesResource> {
        private final Kind kind;

        Enqueue(Kind kind) {
            this.kind = kind;
        }

        @Override
        public void onAdd(GenericKubernetesResource resource) {
            queue.add(key(resource), Duration.ZERO);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
            onAdd(after);
        }

        @Override
        public void onDelete(GenericKubernetesResource resource, boolean finalStateUnknown) {
            gaveUp.remove(key(resource));
        }

        private Key key(GenericKubernetesResource resource) {
            return new Key(
                    kind,
                    resource.getMetadata().getNamespace(),
                    resource.getMetadata().getName());
        }
    }
}
