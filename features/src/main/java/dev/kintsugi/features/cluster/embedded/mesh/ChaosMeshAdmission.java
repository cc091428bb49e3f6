package dev.kintsugi.features.cluster.embedded.mesh;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.chaos.webhook.Webhook;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has Chaos Mesh's webhook review each write of an experiment, as the real API server would have it. */
public final class ChaosMeshAdmission implements Admission {

    private static final String GROUP = "chaos-mesh.org";
    private static final TypeReference<Map<String, Object>> TREE = new TypeReference<>() {};

    private final ObjectMapper json = new ObjectMapper();
    private final InstantSource clock;

    public ChaosMeshAdmission(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Decision review(Request request) {
        if (!request.group().equals(GROUP) || !request.subresource().isEmpty() || request.object() == null) {
            return Decision.allow();
        }
        Webhook.Operation operation =
                request.operation() == Operation.CREATE ? Webhook.Operation.CREATE : Webhook.Operation.UPDATE;
        Webhook.Review review =
                Webhook.review(operation, required(request.object()), tree(request.oldObject()), clock.instant());
        if (review instanceof Webhook.Review.Rejected rejected) {
            return Decision.deny(rejected.webhook(), rejected.errors());
        }
        return Decision.mutate(json.valueToTree(((Webhook.Review.Admitted) review).resource()));
    }

    private Map<String, Object> required(ObjectNode object) {
        return json.convertValue(object, TREE);
    }

    private @Nullable Map<String, Object> tree(@Nullable ObjectNode object) {
        return object == null ? null : json.convertValue(object, TREE);
    }
}
