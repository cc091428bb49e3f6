package dev.kintsugi.features.cluster.embedded.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Decision;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Operation;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
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

    private static final Admission.Requester JANE = new Admission.Requester("jane", List.of());

    private final List<String> asked = new ArrayList<>();

    private final ChaosMeshAdmission admission =
            new ChaosMeshAdmission(InstantSource.system(), (who, namespace, resource) -> {
                asked.add(who.name() + " " + resource + " " + namespace);
                return !namespace.equals("closed");
            });

    private static Admission.Request request(
            Operation operation, String group, String subresource, @Nullable ObjectNode now, @Nullable ObjectNode was) {
        return new Admission.Request(
                operation, group, "v1alpha1", "podchaos", subresource, "ns", "kill", now, was, false);
    }

    @Test
    void defaultsAreFilledInAndTheRequestIsLeftAlone() throws Exception {
        ObjectNode sent = json(KILL.formatted("pod-kill"));
        Decision decision = admission.review(request(Operation.CREATE, "chaos-mesh.org", "", sent, null));
        ObjectNode stored = Objects.requireNonNull(((Admission.Allowed) decision).replacement());
        assertThat(stored.at("/spec/selector/namespaces/0").asText()).isEqualTo("ns");
        assertThat(sent).isEqualTo(json(KILL.formatted("pod-kill")));
    }

    @Test
    void specThatBreaksARuleIsDeniedInTheNameOfItsWebhook() throws Exception {
        Decision decision = admission.validate(
                request(Operation.CREATE, "chaos-mesh.org", "", json(KILL.formatted("container-kill")), null), JANE);
        assertThat(decision).isInstanceOfSatisfying(Admission.Denied.class, denied -> {
            assertThat(denied.code()).isEqualTo(403);
            assertThat(denied.webhook()).isEqualTo("vpodchaos.kb.io");
            assertThat(denied.message()).contains("containerNames");
        });
    }

    @Test
    void specCannotBeChanged() throws Exception {
        Decision decision = admission.validate(
                request(
                        Operation.UPDATE,
                        "chaos-mesh.org",
                        "",
                        json(KILL.formatted("pod-failure")),
                        json(KILL.formatted("pod-kill"))),
                JANE);
        assertThat(decision).isInstanceOfSatisfying(Admission.Denied.class, denied -> assertThat(denied.message())
                .contains("Cannot update chaos spec"));
    }

    @Test
    void whoMayNotCreateTheKindInEveryNamespaceThatIsChosenFromIsDenied() throws Exception {
        ObjectNode sent = json(KILL.formatted("pod-kill"));
        ((ObjectNode) sent.at("/spec/selector"))
                .putArray("namespaces")
                .add("open")
                .add("closed");

        Decision decision = admission.validate(request(Operation.CREATE, "chaos-mesh.org", "", sent, null), JANE);

        assertThat(decision).isInstanceOfSatisfying(Admission.Denied.class, denied -> {
            assertThat(denied.webhook()).isEqualTo("vauth.kb.io");
            assertThat(denied.message()).isEqualTo("jane is forbidden on namespace closed");
        });
        assertThat(asked).contains("jane podchaos closed");
    }

    @Test
    void whatIsNotAnExperimentPassesUnchanged() throws Exception {
        ObjectNode wrong = json(KILL.formatted("container-kill"));
        for (Admission.Request request : List.of(
                request(Operation.CREATE, "apps", "", wrong, null),
                request(Operation.UPDATE, "chaos-mesh.org", "status", wrong, wrong),
                request(Operation.DELETE, "chaos-mesh.org", "", null, wrong))) {
            assertThat(admission.review(request)).isEqualTo(Decision.allow());
            assertThat(admission.validate(request, JANE)).isEqualTo(Decision.allow());
        }
        assertThat(asked).isEmpty();
    }
}
