package dev.kintsugi.features.cluster.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.mesh.ChaosMeshAdmission;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Reviews as a real API server sends them. */
class AdmissionReviewsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final AdmissionReviews reviews = new AdmissionReviews(new ChaosMeshAdmission(
            InstantSource.system(), (who, namespace, resource) -> !who.name().equals("jane")));

    private static JsonNode review(String value) throws JsonProcessingException {
        return JSON.readTree("""
                {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": {
                  "uid": "705ab4f5",
                  "kind": {"group": "chaos-mesh.org", "version": "v1alpha1", "kind": "StressChaos"},
                  "resource": {"group": "chaos-mesh.org", "version": "v1alpha1", "resource": "stresschaos"},
                  "name": "s", "namespace": "shop", "operation": "CREATE",
                  "userInfo": {"username": "admin", "groups": ["system:authenticated"]},
                  "object": {"apiVersion": "chaos-mesh.org/v1alpha1", "kind": "StressChaos",
                    "metadata": {"name": "s", "namespace": "shop"},
                    "spec": {"mode": "one", "duration": "%s", "selector": {"labelSelectors": {"app": "web"}},
                      "stressors": {"memory": {"workers": 1, "size": "64MB"}}}},
                  "oldObject": null, "dryRun": false,
                  "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"}}}
                """.formatted(value));
    }

    @Test
    void defaultsAreAPatchOfWhatWasSent() throws IOException {
        JsonNode review = review("10s");
        JsonNode response = reviews.mutate(review).path("response");
        assertThat(response.path("uid").asText()).isEqualTo("705ab4f5");
        assertThat(response.path("allowed").asBoolean()).isTrue();
        assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
        JsonNode patched = JsonPatch.apply(
                JSON.readTree(Base64.getDecoder().decode(response.path("patch").asText())),
                review.at("/request/object"));
        assertThat(patched.at("/spec/selector/namespaces/0").asText()).isEqualTo("shop");
        assertThat(reviews.validate(review).at("/response/allowed").asBoolean()).isTrue();
    }

    @Test
    void whatBreaksARuleIsRefusedByTheValidatingOneOnly() throws IOException {
        JsonNode review = review("soon");
        assertThat(reviews.mutate(review).at("/response/allowed").asBoolean()).isTrue();
        JsonNode refused = reviews.validate(review);
        assertThat(refused.path("apiVersion").asText()).isEqualTo("admission.k8s.io/v1");
        assertThat(refused.path("kind").asText()).isEqualTo("AdmissionReview");
        assertThat(refused.at("/response/allowed").asBoolean()).isFalse();
        assertThat(refused.at("/response/status/code").asInt()).isEqualTo(403);
        assertThat(refused.at("/response/status/message").asText()).contains("Spec.Duration: Invalid value: \"soon\"");
    }

    @Test
    void whoMayNotCreateItIsRefused() throws IOException {
        ObjectNode review = (ObjectNode) review("10s");
        ((ObjectNode) review.at("/request/userInfo")).put("username", "jane");
        JsonNode defaulted = JSON.readTree(
                review.toString().replace("\"labelSelectors\":", "\"namespaces\":[\"shop\"],\"labelSelectors\":"));
        assertThat(reviews.validate(defaulted).at("/response/status/message").asText())
                .isEqualTo("jane is forbidden on namespace shop");
    }
}
