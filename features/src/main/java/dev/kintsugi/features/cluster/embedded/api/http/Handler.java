package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.access.Authorizer;
import dev.kintsugi.features.cluster.embedded.api.access.Reviews;
import dev.kintsugi.features.cluster.embedded.api.access.ServiceAccountTokens;
import dev.kintsugi.features.cluster.embedded.api.patch.Patch;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.resource.Body;
import dev.kintsugi.features.cluster.embedded.api.resource.DeleteOptions;
import dev.kintsugi.features.cluster.embedded.api.resource.Deletion;
import dev.kintsugi.features.cluster.embedded.api.resource.PodSubresources;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import dev.kintsugi.features.cluster.embedded.api.resource.ScaleSubresource;
import dev.kintsugi.features.cluster.embedded.api.resource.WriteOptions;
import dev.kintsugi.features.cluster.embedded.api.resource.Written;
import dev.kintsugi.features.cluster.embedded.api.schema.ModelSchema;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Requests about objects: from the route and the method to the registry, and back to an answer. */
final class Handler {

    private static final long DEFAULT_WATCH_SECONDS = 3_600;
    /** How long a write takes where it is stored on disks by several servers; recorded were 9 to 65 ms. */
    private static final long STORAGE_MILLIS = 60;

    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String STRATEGIC_PATCH = "application/strategic-merge-patch+json";
    private static final String APPLY_PATCH = "application/apply-patch+yaml";
    private static final String NO_CONTAINER =
            "its containers are plain processes or simulated, and there is nothing around them to enter";
    private static final Map<String, String> NOT_OFFERED = Map.of(
            "exec", NO_CONTAINER,
            "attach", NO_CONTAINER,
            "ephemeralcontainers", NO_CONTAINER,
            "portforward", "a pod's address can be reached from this machine as it is",
            "proxy", "the addresses of pods and services can be reached from this machine as they are");

    private final Registry registry;
    private final Lists lists;
    private final Representations representations;
    private final ScaleSubresource scale;
    private final PodSubresources pods;
    private final LogRequests logs;
    private final Authorizer authorizer;
    private final Reviews reviews;
    private final ServiceAccountTokens tokens;

    Handler(
            Registry registry,
            InstantSource clock,
            Representations representations,
            Authorizer authorizer,
            Reviews reviews,
            ServiceAccountTokens tokens) {
        this.registry = registry;
        this.authorizer = authorizer;
        this.reviews = reviews;
        this.tokens = tokens;
        this.lists = new Lists(registry.store());
        this.representations = representations;
        this.scale = new ScaleSubresource(registry);
        this.pods = new PodSubresources(registry, clock);
        this.logs = new LogRequests(registry, clock);
    }

    Answer handle(Route route, Call call) {
        authorizer.require(call.user(), route.attributes(verb(route, call)));
        if (!route.subresource().isEmpty()) {
            return subresource(route, call);
        }
        if (route.type().has(Trait.ANSWER_ONLY)) {
            return answerOnly(route, call);
        }
        return route.name().isEmpty() || route.watch() ? collection(route, call) : object(route, call);
    }

    /** As RBAC calls it. */
    private static String verb(Route route, Call call) {
        boolean one = !route.name().isEmpty();
        return switch (call.method()) {
            case "GET", "HEAD" -> route.watch() || call.flag("watch") ? "watch" : one ? "get" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> one ? "delete" : "deletecollection";
            default -> call.method().toLowerCase(Locale.ROOT);
        };
    }

    private Answer collection(Route route, Call call) {
        switch (call.method()) {
            case "GET" -> {
                Accept accept = requireAccept(call);
                Selection selection = Selection.of(route, call);
                return route.watch() || call.flag("watch")
                        ? watch(route.type(), selection, call, accept)
                        : list(route.type(), selection, call, accept);
            }
            case "POST" -> {
                if (route.type().namespaced() && route.namespace().isEmpty()) {
                    throw ApiException.methodNotAllowed();
                }
                WriteOptions options = options("CreateOptions", call);
                Body body = call.objectBody(route.type().kind());
                return written(
                        201, route.type(), registry.create(route.type(), route.namespace(), body, options), call);
            }
            case "DELETE" -> {
                return deleteCollection(route, call);
            }
            default -> throw ApiException.methodNotAllowed();
        }
    }

    private Answer list(ResourceType type, Selection selection, Call call, Accept accept) {
        requireVersionReached(call);
        return representations.list(type, lists.read(type, selection, call), accept, call);
    }

    private Answer watch(ResourceType type, Selection selection, Call call, Accept accept) {
        if (call.query().containsKey("sendInitialEvents")) {
            throw Lists.initialEventsRefused(call);
        }
        Long version = call.resourceVersion();
        Long timeout = call.number("timeoutSeconds");
        return new Answer.Watching(new WatchRequest(
                type,
                selection,
                version == null || version == 0 ? null : version,
                call.flag("allowWatchBookmarks"),
                timeout == null || timeout <= 0 ? DEFAULT_WATCH_SECONDS : timeout,
                accept,
                Representations.include(call)));
    }

    private Answer object(Route route, Call call) {
        ResourceType type = route.type();
        switch (call.method()) {
            case "GET" -> {
                Accept accept = requireAccept(call);
                if (call.flag("watch")) {
                    return watch(type, Selection.of(route, call), call, accept);
                }
                requireVersionReached(call);
                return representations.object(200, type, registry.get(type, route.namespace(), route.name()), accept);
            }
            case "PUT" -> {
                return put(route, "", call);
            }
            case "PATCH" -> {
                return patch(route, "", call);
            }
            case "DELETE" -> {
                return delete(route, deleteOptions(call));
            }
            default -> throw ApiException.methodNotAllowed();
        }
    }

    private Answer subresource(Route route, Call call) {
        ResourceType type = route.type();
        String subresource = route.subresource();
        if (subresource.equals("status") && type.has(Trait.STATUS)) {
            return status(route, call);
        }
        if (subresource.equals("scale") && type.scale() != null) {
            return scale(route, call);
        }
        String why = NOT_OFFERED.get(subresource);
        if (why != null && !type.has(Trait.CUSTOM)) {
            throw ApiException.notImplemented(type.plural() + "/" + subresource, why);
        }
        if (!type.subresources().containsKey(subresource)) {
            throw type.has(Trait.CUSTOM) ? type.notFound(route.name()) : ApiException.unknownPath();
        }
        return switch (subresource) {
            case "log" -> {
                requireMethod(call, "GET");
                yield logs.parse(route, call);
            }
            case "binding" -> {
                requireMethod(call, "POST");
                boolean dryRun = options("CreateOptions", call).dryRun();
                pods.bind(
                        type,
                        route.namespace(),
                        route.name(),
                        call.objectBody("Binding").tree(),
                        dryRun);
                yield Answer.json(201, success().put("code", 201));
            }
            case "eviction" -> {
                requireMethod(call, "POST");
                boolean dryRun = options("CreateOptions", call).dryRun();
                pods.evict(
                        type,
                        route.namespace(),
                        route.name(),
                        call.objectBody("Eviction").tree(),
                        dryRun);
                yield Answer.json(201, success().put("code", 201));
            }
            case "token" -> {
                requireMethod(call, "POST");
                if (!(call.objectBody("TokenRequest").tree() instanceof ObjectNode request)) {
                    throw ApiException.badRequest("a TokenRequest must be an object");
                }
                yield Answer.json(201, tokens.issue(route.namespace(), route.name(), request));
            }
            case "finalize" -> {
                requireMethod(call, "PUT");
                Written written = registry.finalizeNamespace(type, route.name(), call.objectBody("Namespace"));
                yield written(200, type, written, call);
            }
            default -> throw ApiException.unknownPath();
        };
    }

    private Answer status(Route route, Call call) {
        return switch (call.method()) {
            case "GET" ->
                representations.object(
                        200,
                        route.type(),
                        registry.get(route.type(), route.namespace(), route.name()),
                        requireAccept(call));
            case "PUT" -> put(route, "status", call);
            case "PATCH" -> patch(route, "status", call);
            default -> throw ApiException.methodNotAllowed();
        };
    }

    private Answer scale(Route route, Call call) {
        ResourceType type = route.type();
        String namespace = route.namespace();
        String name = route.name();
        return switch (call.method()) {
            case "GET" -> Answer.json(200, scale.get(type, namespace, name));
            case "PUT" ->
                Answer.json(
                        200,
                        scale.replace(
                                type,
                                namespace,
                                name,
                                call.objectBody("Scale").tree(),
                                options("UpdateOptions", call)));
            case "PATCH" -> {
                Patch patch = call.contentType().equals(JSON_PATCH)
                        ? Patch.json(call.patchBody())
                        : Patch.merge(call.patchBody());
                yield Answer.json(200, scale.patch(type, namespace, name, patch, options("PatchOptions", call)));
            }
            default -> throw ApiException.methodNotAllowed();
        };
    }

    /** Reviews are answered; a binding without the pod in its path is the same as one with it. */
    private Answer answerOnly(Route route, Call call) {
        requireMethod(call, "POST");
        Body body = call.objectBody(route.type().kind());
        if (!route.type().plural().equals("bindings")) {
            return Answer.json(201, reviews.answer(route.type(), call.user(), route.namespace(), body.tree()));
        }
        ResourceType podType = registry.catalog().find("", "v1", "pods");
        if (podType == null) {
            throw ApiException.unknownPath();
        }
        String name = body.tree().path("metadata").path("name").asText("");
        pods.bind(
                podType,
                route.namespace(),
                name,
                body.tree(),
                options("CreateOptions", call).dryRun());
        return Answer.json(201, success().put("code", 201));
    }

    private Answer put(Route route, String subresource, Call call) {
        WriteOptions options = options("UpdateOptions", call);
        Body body = call.objectBody(route.type().kind());
        Written written = registry.replace(route.type(), route.namespace(), route.name(), subresource, body, options);
        return written(200, route.type(), written, call);
    }

    private Answer patch(Route route, String subresource, Call call) {
        ResourceType type = route.type();
        WriteOptions options = options("PatchOptions", call);
        if (call.contentType().equals(APPLY_PATCH)) {
            return apply(route, subresource, call, options);
        }
        if (call.query().containsKey("force")) {
            throw ApiException.invalid(
                    "meta.k8s.io",
                    "PatchOptions",
                    "",
                    List.of(Cause.forbidden("force", "may not be specified for non-apply patch")));
        }
        Patch patch = parsePatch(type, call);
        Written written = registry.patch(type, route.namespace(), route.name(), subresource, patch, options);
        return written(200, type, written, call);
    }

    private Answer apply(Route route, String subresource, Call call, WriteOptions options) {
        if (call.parameter("fieldManager").isEmpty()) {
            throw ApiException.invalid(
                    "meta.k8s.io",
                    "PatchOptions",
                    "",
                    List.of(Cause.required("fieldManager", "is required for apply patch")));
        }
        if (subresource.isEmpty() && !registry.has(route.type(), route.namespace(), route.name())) {
            authorizer.require(call.user(), route.attributes("create"));
        }
        Written written = registry.apply(
                route.type(),
                route.namespace(),
                route.name(),
                subresource,
                call.appliedBody(),
                call.flag("force"),
                options);
        return written(written.created() ? 201 : 200, route.type(), written, call);
    }

    private static Patch parsePatch(ResourceType type, Call call) {
        switch (call.contentType()) {
            case JSON_PATCH -> {
                return Patch.json(call.patchBody());
            }
            case MERGE_PATCH -> {
                return Patch.merge(call.patchBody());
            }
            case STRATEGIC_PATCH -> {
                if (type.schema() instanceof ModelSchema schema) {
                    return Patch.strategic(call.patchBody(), schema);
                }
                throw ApiException.unsupportedMediaType(String.join(", ", JSON_PATCH, MERGE_PATCH, APPLY_PATCH));
            }
            default -> throw ApiException.unknownPatchType();
        }
    }

    private Answer deleteCollection(Route route, Call call) {
        boolean everywhere = route.type().namespaced() && route.namespace().isEmpty();
        if (everywhere || !route.type().deletesCollections()) {
            throw ApiException.methodNotAllowed();
        }
        Accept accept = requireAccept(call);
        DeleteOptions options = deleteOptions(call);
        Lists.Page page = lists.read(route.type(), Selection.of(route, call), call);
        List<Item> deleted = new ArrayList<>();
        for (Item item : page.items()) {
            try {
                registry.delete(route.type(), item.key().namespace(), item.key().name(), options);
                deleted.add(item);
            } catch (ApiException e) {
                if (e.code() != 404) {
                    throw e;
                }
            }
        }
        Lists.Page result = new Lists.Page(registry.store().revision(), deleted, page.next(), page.remaining());
        return representations.list(route.type(), result, accept, call);
    }

    private Answer delete(Route route, DeleteOptions options) {
        boolean announced = registry.announceDeletion(route.type(), route.namespace(), route.name(), options);
        return announced
                ? new Answer.Later(STORAGE_MILLIS, () -> remove(route, options.ofAnyVersion()))
                : remove(route, options);
    }

    private Answer remove(Route route, DeleteOptions options) {
        Deletion.Outcome outcome = registry.delete(route.type(), route.namespace(), route.name(), options);
        return deleted(route.type(), route.name(), outcome);
    }

    /** Pods are always answered with the object; all others with a Status once they are gone. */
    private Answer deleted(ResourceType type, String name, Deletion.Outcome outcome) {
        if (!outcome.gone() || type.kind().equals("Pod")) {
            return Answer.json(200, Registry.view(type, outcome.object()));
        }
        ObjectNode status = success();
        ObjectNode details = status.putObject("details").put("name", name);
        if (!type.group().isEmpty()) {
            details.put("group", type.group());
        }
        details.put("kind", type.plural());
        details.set("uid", outcome.object().path("metadata").path("uid"));
        return Answer.json(200, status);
    }

    private Answer written(int code, ResourceType type, Written written, Call call) {
        Accept accept = requireAccept(call);
        Answer.Full full = written.item() != null
                ? representations.object(code, type, written.item(), accept)
                : Answer.json(code, Registry.view(type, written.object()));
        return new Answer.Full(full.code(), full.contentType(), full.body(), written.warnings(), full.headers());
    }

    private static DeleteOptions deleteOptions(Call call) {
        boolean dryRun = options("DeleteOptions", call).dryRun();
        return DeleteOptions.of(call.optionsBody())
                .orQuery(call.number("gracePeriodSeconds"), call.parameter("propagationPolicy"), dryRun);
    }

    private static WriteOptions options(String kind, Call call) {
        return WriteOptions.parse(
                        kind,
                        call.parameters("dryRun"),
                        call.parameter("fieldValidation"),
                        call.parameter("fieldManager"),
                        call.userAgent())
                .by(new Admission.Requester(call.user().name(), call.user().groups()));
    }

    private void requireVersionReached(Call call) {
        Long asked = call.resourceVersion();
        long current = registry.store().revision();
        if (asked != null && Long.compareUnsigned(asked, current) > 0) {
            throw ApiException.tooLarge(asked, current);
        }
    }

    private static Accept requireAccept(Call call) {
        Accept accept = Accept.forObjects(call.accept());
        if (accept == null) {
            throw ApiException.notAcceptable();
        }
        return accept;
    }

    private static void requireMethod(Call call, String method) {
        if (!call.method().equals(method)) {
            throw ApiException.methodNotAllowed();
        }
    }

    private static ObjectNode success() {
        ObjectNode status =
                JsonNodeFactory.instance.objectNode().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        return status.put("status", "Success");
    }
}
