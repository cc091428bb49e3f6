package dev.kintsugi.features.cluster.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import io.fabric8.zjsonpatch.JsonDiff;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts an {@link Admission} into the words that an API server and its webhooks exchange. It is asked twice about a write: first what it
 * would change, then whether it lets the result pass.
 *
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request">Webhook request
 *     and response</a>
 */
final class AdmissionReviews {

    private final Admission admission;

    AdmissionReviews(Admission admission) {
        this.admission = admission;
    }

    /**
     * The answer of the mutating webhook: a JSON patch when something is changed.
     *
     * @param review an {@code AdmissionReview} with a request
     */
    ObjectNode mutate(JsonNode review) {
        JsonNode request = review.path("request");
        ObjectNode response = response(request).put("allowed", true);
        if (admission.review(write(request)) instanceof Admission.Allowed allowed && allowed.replacement() != null) {
            String patch = JsonDiff.asJson(request.path("object"), allowed.replacement())
                    .toString();
            response.put("patchType", "JSONPatch")
                    .put("patch", Base64.getEncoder().encodeToString(patch.getBytes(StandardCharsets.UTF_8)));
        }
        return answer(review, response);
    }

    /**
     * The answer of the validating webhook.
     *
     * @param review an {@code AdmissionReview} with a request
     */
    ObjectNode validate(JsonNode review) {
        JsonNode request = review.path("request");
        Admission.Decision decision = admission.validate(write(request), requester(request.path("userInfo")));
        ObjectNode response = response(request).put("allowed", decision instanceof Admission.Allowed);
        if (decision instanceof Admission.Denied denied) {
            response.putObject("status")
                    .put("code", denied.code())
                    .put("reason", denied.reason())
                    .put("message", denied.message());
        }
        return answer(review, response);
    }

    private static Admission.Requester requester(JsonNode user) {
        List<String> groups = new ArrayList<>();
        user.path("groups").forEach(group -> groups.add(group.asText()));
        return new Admission.Requester(user.path("username").asText(), groups);
    }

    private static Admission.Request write(JsonNode request) {
        return new Admission.Request(
                Admission.Operation.valueOf(request.path("operation").asText()),
                request.path("resource").path("group").asText(),
                request.path("resource").path("version").asText(),
                request.path("resource").path("resource").asText(),
                request.path("subResource").asText(),
                request.path("namespace").asText(),
                request.path("name").asText(),
                object(request.path("object")),
                object(request.path("oldObject")),
                request.path("dryRun").asBoolean());
    }

    private static @Nullable ObjectNode object(JsonNode node) {
        return node instanceof ObjectNode object ? object : null;
    }

    private static ObjectNode response(JsonNode request) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("uid", request.path("uid").asText());
    }

    private static ObjectNode answer(JsonNode review, ObjectNode response) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("apiVersion", review.path("apiVersion").asText());
        answer.put("kind", "AdmissionReview");
        answer.set("response", response);
        return answer;
    }
}
