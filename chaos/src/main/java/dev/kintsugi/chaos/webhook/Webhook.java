package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Kind;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Chaos Mesh's admission webhooks: fill in defaults, and reject what breaks a rule with the message that Chaos Mesh gives. They
 * look after the experiments, Schedule, Workflow and StatusCheck; whatever else comes passes as it is.
 */
public final class Webhook {

    /** What is being done to the resource. */
    public enum Operation {
        CREATE,
        UPDATE,
        DELETE
    }

    /** The answer. */
    public sealed interface Review {

        /** Let it pass. {@code resource} has the defaults filled in. */
        record Admitted(Map<String, Object> resource) implements Review {}

        /**
         * Reject it: status 403, reason Forbidden.
         *
         * @param webhook the name of the webhook that rejects
         * @param errors what is wrong, as the webhook says it
         */
        record Rejected(String webhook, String errors) implements Review {

            /** The message that the API server gives to the client. */
            public String message() {
                return "admission webhook \"" + webhook + "\" denied the request: " + errors;
            }
        }
    }

    private Webhook() {}

    /**
     * What the mutating webhooks make of a resource: the same with defaults filled in.
     *
     * @param resource as sent, a tree of maps, lists and scalars; not changed
     * @param now goes into generated names
     */
    public static Map<String, Object> defaulted(Map<String, Object> resource, Instant now) {
        String kind = String.valueOf(resource.get("kind"));
        return isOfChaosMesh(resource) && isLookedAfter(kind) ? withDefaults(kind, resource, now) : resource;
    }

    /**
     * Reviews a request.
     *
     * @param resource as sent, a tree of maps, lists and scalars; not changed
     * @param old as stored, for an update
     * @param now goes into generated names
     */
    public static Review review(
            Operation operation, Map<String, Object> resource, @Nullable Map<String, Object> old, Instant now) {
        String kind = String.valueOf(resource.get("kind"));
        if (!isOfChaosMesh(resource) || operation == Operation.DELETE || !isLookedAfter(kind)) {
            return new Review.Admitted(resource);
        }
        Map<String, Object> defaulted = withDefaults(kind, resource, now);
        if (operation == Operation.UPDATE
                && old != null
                && isFixed(kind)
                && !Objects.equals(
                        defaulted.get("spec"), withDefaults(kind, old, now).get("spec"))) {
            return rejected(kind, List.of("Cannot update chaos spec"));
        }
        List<String> errors = errors(kind, new Tree(defaulted.get("spec")), now);
        return errors.isEmpty() ? new Review.Admitted(defaulted) : rejected(kind, errors);
    }

    /**
     * Whether a user may do this, which another webhook decides ({@code vauth.kb.io}): creating a resource of this kind must be
     * allowed in every namespace that it selects, on updates too.
     *
     * @param user the name of who asks
     * @param mayCreate asked with a namespace (empty: all of them) and a resource, the kind in lower case
     */
    public static Review permission(Map<String, Object> resource, String user, BiPredicate<String, String> mayCreate) {
        if (!isOfChaosMesh(resource)) {
            return new Review.Admitted(resource);
        }
        return Permission.missing(resource, user, mayCreate)
                .<Review>map(error -> new Review.Rejected("vauth.kb.io", error))
                .orElse(new Review.Admitted(resource));
    }

    private static boolean isOfChaosMesh(Map<String, Object> resource) {
        return String.valueOf(resource.get("apiVersion")).startsWith(Manifests.GROUP + "/");
    }

    private static boolean isLookedAfter(String kind) {
        return Kind.of(kind).isPresent()
                || List.of("Schedule", "Workflow", "StatusCheck").contains(kind);
    }

    /** The spec of a Schedule or Workflow can be changed, that of the others cannot. */
    private static boolean isFixed(String kind) {
        return Kind.of(kind).isPresent() || kind.equals("StatusCheck");
    }

    private static List<String> errors(String kind, Tree spec, Instant now) {
        return switch (kind) {
            case "Schedule" -> ScheduleRules.errors(spec, now);
            case "Workflow" -> WorkflowRules.errors(spec, now);
            case "StatusCheck" -> StatusCheckRules.errors(spec);
            default -> ExperimentRules.errors(Kind.of(kind).orElseThrow(), spec);
        };
    }

    private static Map<String, Object> withDefaults(String kind, Map<String, Object> resource, Instant now) {
        Tree spec = new Tree(resource.get("spec"));
        String namespace = new Tree(resource.get("metadata")).at("namespace").text("default");
        Optional<Kind> experiment = Kind.of(kind);
        Map<String, Object> copy = new LinkedHashMap<>(resource);
        if (experiment.isPresent()) {
            copy.put("spec", Defaults.experiment(experiment.get(), spec, namespace, now));
        } else if (kind.equals("Schedule")) {
            copy.put("spec", Defaults.schedule(spec));
        } else if (kind.equals("StatusCheck")) {
            copy.put("spec", Defaults.statusCheck(spec));
        }
        return Collections.unmodifiableMap(copy);
    }

    /** Several errors are given in brackets. */
    private static Review rejected(String kind, List<String> errors) {
        return new Review.Rejected(
                "v" + kind.toLowerCase(Locale.ROOT) + ".kb.io",
                errors.size() == 1 ? errors.get(0) : "[" + String.join(", ", errors) + "]");
    }
}
