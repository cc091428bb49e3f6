package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chaos Mesh's admission webhooks for experiments: fills in defaults, and rejects what breaks a rule with the message that
 * Chaos Mesh gives.
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
     * Reviews a request.
     *
     * @param resource as sent, a tree of maps, lists and scalars; not changed
     * @param old as stored, for an update
     */
    public static Review review(Operation operation, Map<String, Object> resource, @Nullable Map<String, Object> old) {
        Optional<Kind> kind = kind(resource);
        if (kind.isEmpty() || operation == Operation.DELETE) {
            return new Review.Admitted(resource);
        }
        Map<String, Object> defaulted = withDefaults(resource, kind.get());
        if (operation == Operation.UPDATE
                && old != null
                && !Objects.equals(
                        defaulted.get("spec"), withDefaults(old, kind.get()).get("spec"))) {
            return rejected(kind.get(), "Cannot update chaos spec");
        }
        List<String> errors = SpecRules.errors(kind.get(), new Tree(defaulted.get("spec")));
        if (errors.isEmpty()) {
            return new Review.Admitted(defaulted);
        }
        return rejected(kind.get(), errors.size() == 1 ? errors.get(0) : "[" + String.join(", ", errors) + "]");
    }

    /** The experiment kinds this looks after. */
    static Optional<Kind> kind(Map<String, Object> resource) {
        if (!String.valueOf(resource.get("apiVersion")).startsWith(Manifests.GROUP + "/")) {
            return Optional.empty();
        }
        for (Kind kind : Kind.values()) {
            if (kind.text().equals(resource.get("kind"))) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    private static Review rejected(Kind kind, String errors) {
        return new Review.Rejected("v" + kind.plural() + ".kb.io", errors);
    }

    /**
     * Selectors without namespaces get the resource's own; a missing direction becomes {@code to}, a missing correlation
     * {@code 0}, a missing jitter {@code 0ms}.
     */
    private static Map<String, Object> withDefaults(Map<String, Object> resource, Kind kind) {
        Map<String, Object> copy = new LinkedHashMap<>(resource);
        Tree metadata = new Tree(resource.get("metadata"));
        String namespace = metadata.at("namespace").text("default");
        Map<String, Object> spec = new LinkedHashMap<>(new Tree(resource.get("spec")).map());
        defaultNamespaces(spec, namespace);
        if (kind == Kind.NETWORK_CHAOS) {
            if (new Tree(spec.get("target")).exists()) {
                Map<String, Object> target = new LinkedHashMap<>(new Tree(spec.get("target")).map());
                defaultNamespaces(target, namespace);
                spec.put("target", target);
            }
            defaultText(spec, "direction", "to");
            for (String part : List.of("delay", "loss", "duplicate", "corrupt")) {
                defaultPart(spec, part);
            }
        }
        copy.put("spec", spec);
        return Collections.unmodifiableMap(copy);
    }

    private static void defaultNamespaces(Map<String, Object> podSelector, String namespace) {
        Map<String, Object> selector = new LinkedHashMap<>(new Tree(podSelector.get("selector")).map());
        if (new Tree(selector.get("namespaces")).elements().isEmpty()) {
            selector.put("namespaces", new ArrayList<>(List.of(namespace)));
        }
        podSelector.put("selector", selector);
    }

    private static void defaultPart(Map<String, Object> spec, String name) {
        if (!new Tree(spec.get(name)).exists()) {
            return;
        }
        Map<String, Object> part = new LinkedHashMap<>(new Tree(spec.get(name)).map());
        defaultText(part, "correlation", "0");
        if (name.equals("delay")) {
            defaultText(part, "jitter", "0ms");
            if (new Tree(part.get("reorder")).exists()) {
                Map<String, Object> reorder = new LinkedHashMap<>(new Tree(part.get("reorder")).map());
                defaultText(reorder, "correlation", "0");
                part.put("reorder", reorder);
            }
        }
        spec.put(name, part);
    }

    private static void defaultText(Map<String, Object> map, String field, String value) {
        if (new Tree(map.get(field)).text("").isEmpty()) {
            map.put(field, value);
        }
    }
}
