package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.PodReader;
import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.webhook.Webhook;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the controllers of the experiments. Whenever one changes, or its next look is due, it reads the resource anew, asks {@link
 * Pipeline} for the next step, and carries that out: writes the resource (plainly, these kinds have no status subresource), or has
 * a fault brought about and writes how that went. Each write brings the resource round again, until there is nothing to do.
 */
final class Experiments implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Experiments.class);
    private static final int WORKERS = 4;
    private static final Duration AFTER_ERROR = Duration.ofMillis(500);
    private static final String INJECT = "chaos-mesh.org/inject";

    private record Key(Kind kind, String namespace, String name) {}

    private final KubernetesClient client;
    private final Effect.Hands hands;
    private final InstantSource clock;
    private final ChaosMeshEmulation.Options options;
    private final EventWriter events;
    private final WorkQueue<Key> queue = new WorkQueue<>("chaos-mesh", WORKERS, this::reconcile);
    private final Map<Key, String> gaveUp = new ConcurrentHashMap<>();

    Experiments(
            KubernetesClient client,
            ChaosDaemon daemon,
            InstantSource clock,
            ChaosMeshEmulation.Options options,
            EventWriter events) {
        this.client = client;
        this.hands = new ApiHands(client, daemon);
        this.clock = clock;
        this.options = options;
        this.events = events;
    }

    /** Every change of an experiment is a reason to look at it. */
    void changed(Kind kind, HasMetadata resource) {
        queue.add(key(kind, resource), Duration.ZERO);
    }

    void gone(Kind kind, HasMetadata resource) {
        gaveUp.remove(key(kind, resource));
    }

    private static Key key(Kind kind, HasMetadata resource) {
        return new Key(
                kind,
                resource.getMetadata().getNamespace(),
                resource.getMetadata().getName());
    }

    @Override
    public void close() {
        queue.close();
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
        Webhook.Review review = Webhook.review(Webhook.Operation.CREATE, tree(resource), null, clock.instant());
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

    /** What has been done must not be forgotten. Only this writes status and finalizers. */
    private void update(Key key, GenericKubernetesResource resource, UnaryOperator<GenericKubernetesResource> change) {
        Rewrite.of(client, Manifests.context(key.kind), key.namespace).from(resource, change);
    }

    private Resource<GenericKubernetesResource> resource(Key key) {
        return client.genericKubernetesResources(Manifests.context(key.kind))
                .inNamespace(key.namespace)
                .withName(key.name);
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
                                        node.getMetadata().getLabels(), Map.of()))),
                options.filterNamespaces() ? Optional.of(openNamespaces()) : Optional.empty());
    }

    private Set<String> openNamespaces() {
        return client.namespaces().list().getItems().stream()
                .filter(namespace -> namespace.getMetadata().getAnnotations() != null
                        && "enabled"
                                .equals(namespace.getMetadata().getAnnotations().get(INJECT)))
                .map(namespace -> namespace.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    private Chaos chaos(Kind kind, GenericKubernetesResource resource) {
        Webhook.Review review = Webhook.review(Webhook.Operation.CREATE, tree(resource), null, clock.instant());
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
        return options.seed() * 31 + (key.namespace + "/" + key.name).hashCode();
    }
}
