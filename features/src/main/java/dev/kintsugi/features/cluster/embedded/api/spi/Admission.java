package dev.kintsugi.features.cluster.embedded.api.spi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has a say in every write before it is stored, as a mutating or validating admission webhook has. Called on a worker
 * thread of the server after defaulting and before validation; it may itself call the server. It may be called more
 * than once for one patch (the server tries again when another write came between).
 *
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/">Dynamic
 *     admission control</a>
 */
@FunctionalInterface
public interface Admission {

    /** Decides on one write; it must not change the trees it is given. */
    Decision review(Request request);

    /**
     * Has the last word on an object that is created or changed, as a validating webhook has: it is whole and fits its
     * schema by now, and cannot be replaced any more.
     *
     * @param requester who asks for the write
     */
    default Decision validate(Request request, Requester requester) {
        return Decision.allow();
    }

    /** Who asks for a write, by the names that roles are bound to. */
    record Requester(String name, List<String> groups) {
        public Requester {
            groups = List.copyOf(groups);
        }
    }

    /** The kinds of writes that are reviewed. */
    enum Operation {
        CREATE,
        UPDATE,
        DELETE
    }

    /**
     * One write.
     *
     * @param operation what is done
     * @param group API group, empty for core
     * @param version version of the request
     * @param resource plural, e.g. {@code podchaos}
     * @param subresource e.g. {@code status}; empty for the object itself
     * @param namespace of the object; empty for cluster-scoped kinds
     * @param name of the object; already generated if it was to be
     * @param object the object as it is to be stored; null for a delete
     * @param oldObject the object as it is stored; null for a create
     * @param dryRun whether the write is only tried
     */
    record Request(
            Operation operation,
            String group,
            String version,
            String resource,
            String subresource,
            String namespace,
            String name,
            @Nullable ObjectNode object,
            @Nullable ObjectNode oldObject,
            boolean dryRun) {}

    /** What becomes of the write. */
    sealed interface Decision {

        /** The write goes on as it is. */
        static Decision allow() {
            return Allowed.UNCHANGED;
        }

        /** The write goes on with this object in place of the one given. */
        static Decision mutate(ObjectNode object) {
            return new Allowed(object);
        }

        /** The write ends with code 403, reason Forbidden, worded as the real server words a webhook's refusal. */
        static Decision deny(String webhook, String message) {
            return new Denied(webhook, 403, "Forbidden", message);
        }
    }

    /**
     * The write goes on.
     *
     * @param replacement the object to store instead; null to keep the one given
     */
    record Allowed(@Nullable ObjectNode replacement) implements Decision {
        private static final Allowed UNCHANGED = new Allowed(null);
    }

    /**
     * The write ends.
     *
     * @param webhook name of the webhook, e.g. {@code vpodchaos.kb.io}
     * @param code HTTP code of the refusal
     * @param reason the {@code Status} reason
     * @param message what was wrong
     */
    record Denied(String webhook, int code, String reason, String message) implements Decision {}
}
