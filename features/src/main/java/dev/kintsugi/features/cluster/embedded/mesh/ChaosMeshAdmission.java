package dev.kintsugi.features.cluster.embedded.mesh;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.chaos.webhook.Webhook;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chaos Mesh's webhooks on each write of its resources, in the real API server's order: defaults are filled in, then the schema
 * is held against it, then the rules are, and then the rights of who writes.
 */
public final class ChaosMeshAdmission implements Admission {

    /** The API group whose resources are looked at. */
    public static final String GROUP = "chaos-mesh.org";

    private static final TypeReference<Map<String, Object>> TREE = new TypeReference<>() {};

    /** What a SubjectAccessReview of {@code create} for resources of Chaos Mesh would say. */
    @FunctionalInterface
    public interface Rights {

        /**
         * Whether somebody may create a resource.
         *
         * @param namespace empty: in all of them
         * @param resource the kind in lower case, as Chaos Mesh asks for it
         */
        boolean mayCreate(Requester requester, String namespace, String resource);
    }

    private final ObjectMapper json = new ObjectMapper();
    private final InstantSource clock;
    private final Rights rights;

    /** @param rights asked as with {@code dashboard.securityMode} of the Helm chart, which is on unless switched off */
    public ChaosMeshAdmission(InstantSource clock, Rights rights) {
        this.clock = clock;
        this.rights = rights;
    }

    @Override
    public Decision review(Request request) {
        if (!isLookedAt(request)) {
            return Decision.allow();
        }
        Map<String, Object> sent = tree(request.object());
        Map<String, Object> defaulted = Webhook.defaulted(sent, clock.instant());
        return defaulted.equals(sent) ? Decision.allow() : Decision.mutate(json.valueToTree(defaulted));
    }

    @Override
    public Decision validate(Request request, Requester requester) {
        if (!isLookedAt(request)) {
            return Decision.allow();
        }
        Map<String, Object> resource = tree(request.object());
        ObjectNode old = request.oldObject();
        Webhook.Operation operation =
                request.operation() == Operation.CREATE ? Webhook.Operation.CREATE : Webhook.Operation.UPDATE;
        Decision decision =
                decision(Webhook.review(operation, resource, old == null ? null : tree(old), clock.instant()));
        return decision instanceof Denied
                ? decision
                : decision(Webhook.permission(
                        resource, requester.name(), (namespace, name) -> rights.mayCreate(requester, namespace, name)));
    }

    private static boolean isLookedAt(Request request) {
        return request.group().equals(GROUP)
                && request.subresource().isEmpty()
                && request.operation() != Operation.DELETE;
    }

    private static Decision decision(Webhook.Review review) {
        return review instanceof Webhook.Review.Rejected rejected
                ? Decision.deny(rejected.webhook(), rejected.errors())
                : Decision.allow();
    }

    private Map<String, Object> tree(@Nullable ObjectNode object) {
        return object == null ? Map.of() : json.convertValue(object, TREE);
    }
}
