package dev.kintsugi.features.cluster.embedded.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Decision;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Operation;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChaosMeshAdmissionTest {

    private static final String KILL = """
            {"apiVersion": "chaos-mesh.org/v1alpha1", "kind": "PodChaos",
             "metadata": {"name": "kill", "namespace": "ns"},
             "spec": {"action": "%s", "mode": "one", "selector": {"labelSelectors": {"app": "web"}}}}
            """;

    private static ObjectNode json(String text) throws Exception {
        return (ObjectNode) new ObjectMapper().readTree(text);
    }

    private static Decision review(
            Operation operation, String group, String subresource, @Nullable ObjectNode now, @Nullable ObjectNode was) {
        return new ChaosMeshAdmission(InstantSource.system())
                .review(new Admission.Request(
                        operation, group, "v1alpha1", "podchaos", subresource, "ns", "kill", now, was, false));
    }

    @Test
    void defaultsAreFilledInAndTheRequestIsLeftAlone() throws Exception {
        ObjectNode sent = json(KILL.formatted("pod-kill"));
        Decision decision = review(Operation.CREATE, "chaos-mesh.org", "", sent, null);
        ObjectNode stored = Objects.requireNonNull(((Admission.Allowed) decision).replacement());
        assertThat(stored.at("/spec/selector/namespaces/0").asText()).isEqualTo("ns");
        assertThat(sent).isEqualTo(json(KILL.formatted("pod-kill")));
    }

    @Test
    void specThatBreaksARuleIsDeniedInTheNameOfItsWebhook() throws Exception {
        Decision decision =
                review(Operation.CREATE, "chaos-mesh.org", "", json(KILL.formatted("container-kill")), null);
        assertThat(decision).isInstanceOfSatisfying(Admission.Denied.class, denied -> {
            assertThat(denied.code()).isEqualTo(403);
            assertThat(denied.webhook()).isEqualTo("vpodchaos.kb.io");
            assertThat(denied.message()).contains("containerNames");
        });
    }

    @Test
    void specCannotBeChanged() throws Exception {
        Decision decision = review(
                Operation.UPDATE,
                "chaos-mesh.org",
                "",
                json(KILL.formatted("pod-failure")),
                json(KILL.formatted("pod-kill")));
        assertThat(decision).isInstanceOfSatisfying(Admission.Denied.class, denied -> assertThat(denied.message())
                .contains("Cannot update chaos spec"));
    }

    @Test
    void whatIsNotAnExperimentPassesUnchanged() throws Exception {
        ObjectNode wrong = json(KILL.formatted("container-kill"));
        assertThat(review(Operation.CREATE, "apps", "", wrong, null)).isEqualTo(Decision.allow());
        assertThat(review(Operation.UPDATE, "chaos-mesh.org", "status", wrong, wrong))
                .isEqualTo(Decision.allow());
        assertThat(review(Operation.DELETE, "chaos-mesh.org", "", null, wrong)).isEqualTo(Decision.allow());
    }
}
