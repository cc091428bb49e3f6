package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.emulation.orchestration.Change;
import dev.kintsugi.chaos.emulation.orchestration.Item;
import dev.kintsugi.chaos.emulation.orchestration.Notice;
import dev.kintsugi.chaos.emulation.orchestration.Orchestration;
import dev.kintsugi.chaos.emulation.orchestration.Outcome;
import dev.kintsugi.chaos.mesh.Tree;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what {@link Orchestration} decides about Schedules, Workflows, their nodes and StatusChecks. */
final class Orchestrator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Orchestrator.class);
    private static final int WORKERS = 4;
    private static final Duration AFTER_ERROR = Duration.ofMillis(500);

    private final KubernetesClient client;
    private final Orchestration orchestration;
    private final InstantSource clock;
    private final EventWriter events;
    private final LiveWorld world;
    private final HttpProbe probe = new HttpProbe();
    private final WorkQueue<Item.Ref> queue = new WorkQueue<>("chaos-mesh-workflow", WORKERS, this::reconcile);

    Orchestrator(KubernetesClient client, Orchestration orchestration, InstantSource clock, EventWriter events) {
        this.client = client;
        this.orchestration = orchestration;
        this.clock = clock;
        this.events = events;
        this.world = new LiveWorld(client);
    }

    /** Something has changed: a reason to look at it, and at what it belongs to. */
    void heard(String kind, HasMetadata resource) {
        String namespace = resource.getMetadata().getNamespace();
        if (Orchestration.PLURALS.containsKey(kind)) {
            look(kind, namespace, resource.getMetadata().getName());
        }
        Map<String, String> labels =
                Objects.requireNonNullElse(resource.getMetadata().getLabels(), Map.of());
        if (labels.containsKey(Orchestration.MANAGED_BY)) {
            look("Schedule", namespace, labels.get(Orchestration.MANAGED_BY));
        }
        if (labels.containsKey(Orchestration.CONTROLLED_BY)) {
            look("WorkflowNode", namespace, labels.get(Orchestration.CONTROLLED_BY));
            look("Workflow", namespace, labels.get(Orchestration.CONTROLLED_BY));
        }
    }

    private void look(String kind, String namespace, String name) {
        queue.add(new Item.Ref(kind, namespace, name), Duration.ZERO);
    }

    @Override
    public void close() {
        queue.close();
    }

    private void reconcile(Item.Ref ref) {
        try {
            world.get(ref).ifPresent(item -> carryOut(ref, orchestration.next(item, world, clock.instant())));
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                LOG.warn("{} {}/{}: trying again", ref.kind(), ref.namespace(), ref.name(), e);
                queue.add(ref, AFTER_ERROR);
            }
        }
    }

    private void carryOut(Item.Ref ref, Outcome outcome) {
        boolean all = outcome.changes().stream().allMatch(change -> isDone(ref, change));
        if (all) {
            outcome.nextLook().ifPresent(time -> queue.add(ref, Duration.between(clock.instant(), time)));
        }
    }

    /** Whether it worked. */
    private boolean isDone(Item.Ref ref, Change change) {
        if (change instanceof Change.Tell tell) {
            tell(tell.about(), tell.notice());
        } else if (change instanceof Change.Create create) {
            return isCreated(create);
        } else if (change instanceof Change.Delete delete) {
            return isDeleted(delete);
        } else if (change instanceof Change.Annotate annotate) {
            annotate(annotate);
        } else if (change instanceof Change.EditStatus edit) {
            editStatus(edit);
        } else if (change instanceof Change.Probe look) {
            carryOut(ref, look.then().apply(probe.execute(look.check(), clock.instant())));
        }
        return true;
    }

    private void tell(Item.Ref about, Notice notice) {
        @Nullable GenericKubernetesResource resource = world.resource(about).get();
        if (resource != null) {
            events.write(resource, Note.of(notice));
        }
    }

    private boolean isCreated(Change.Create create) {
        Item owner = create.owner();
        try {
            GenericKubernetesResource created = client.genericKubernetesResources(LiveWorld.context(create.kind()))
                    .inNamespace(owner.namespace())
                    .resource(resource(create))
                    .create();
            tell(ref(owner), create.created().apply(created.getMetadata().getName()));
            return true;
        } catch (KubernetesClientException e) {
            tell(ref(owner), create.failed().apply(reason(e)));
            return false;
        }
    }

    private static GenericKubernetesResource resource(Change.Create create) {
        ResourceDefinitionContext context = LiveWorld.context(create.kind());
        Item owner = create.owner();
        GenericKubernetesResource resource = new GenericKubernetesResource();
        resource.setApiVersion(
                context.getGroup().isEmpty() ? context.getVersion() : context.getGroup() + "/" + context.getVersion());
        resource.setKind(create.kind());
        resource.setMetadata(new ObjectMetaBuilder()
                .withGenerateName(create.generateName())
                .withNamespace(owner.namespace())
                .withLabels(create.labels())
                .withFinalizers(create.finalizers())
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion(owner.apiVersion())
                        .withKind(owner.kind())
                        .withName(owner.name())
                        .withUid(owner.uid())
                        .withController(true)
                        .withBlockOwnerDeletion(true)
                        .build())
                .build());
        resource.setAdditionalProperty("spec", create.spec());
        return resource;
    }

    private boolean isDeleted(Change.Delete delete) {
        try {
            world.resource(delete.object()).delete();
            tell(delete.owner(), delete.deleted());
            return true;
        } catch (KubernetesClientException e) {
            tell(delete.owner(), delete.failed().apply(reason(e)));
            return false;
        }
    }

    private void annotate(Change.Annotate annotate) {
        world.resource(annotate.object())
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        Serialization.asJson(
                                Map.of("metadata", Map.of("annotations", Map.of(annotate.key(), annotate.value())))));
    }

    /** Schedules have no status subresource. */
    private void editStatus(Change.EditStatus edit) {
        @Nullable GenericKubernetesResource resource = world.resource(edit.object()).get();
        if (resource == null) {
            return;
        }
        ResourceDefinitionContext context = LiveWorld.context(edit.object().kind());
        String namespace = edit.object().namespace();
        Rewrite rewrite = edit.object().kind().equals("Schedule")
                ? Rewrite.of(client, context, namespace)
                : Rewrite.ofStatus(client, context, namespace);
        rewrite.from(resource, current -> {
            Map<String, Object> before = new LinkedHashMap<>(
                    new Tree(current.getAdditionalProperties().get("status")).map());
            Map<String, Object> after = edit.edit().apply(before);
            if (after.equals(before)) {
                return null;
            }
            current.setAdditionalProperty("status", after);
            return current;
        });
    }

    private static Item.Ref ref(Item item) {
        return new Item.Ref(item.kind(), item.namespace(), item.name());
    }

    private static String reason(KubernetesClientException e) {
        return e.getStatus() != null && e.getStatus().getMessage() != null
                ? e.getStatus().getMessage()
                : String.valueOf(e.getMessage());
    }
}
