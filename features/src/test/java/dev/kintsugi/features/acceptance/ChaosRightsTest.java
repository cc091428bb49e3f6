package dev.kintsugi.features.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.TargetRecord;
import dev.kintsugi.chaos.mesh.Tree;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom experiments may hit: by the rights of who creates them, and by the filter of namespaces, which is on here. */
final class ChaosRightsTest {

    private static final String LOSS = """
            apiVersion: chaos-mesh.org/v1alpha1
            kind: NetworkChaos
            metadata: {name: %s, namespace: open}
            spec:
              action: loss
              mode: all
              selector: {%s}
              loss: {loss: "30"}
            """;

    private static final String ROLE_OF_JANE = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: chaos, namespace: open}
            rules:
              - {apiGroups: [chaos-mesh.org], resources: [networkchaos, schedules], verbs: [create]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: chaos, namespace: open}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: chaos}
            subjects:
              - {apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}
            """;

    @SuppressWarnings("NullAway.Init") // before all
    private static MeshCluster cluster;

    @BeforeAll
    static void start(@TempDir Path folder) {
        cluster = new MeshCluster(folder, 19, MeshCluster.Parts.sleepy(true));
        cluster.victims("open", Map.of("chaos-mesh.org/inject", "enabled"));
        cluster.victims("closed", Map.of());
        cluster.awaitVictims(List.of("open", "closed"));
        cluster.client()
                .load(new ByteArrayInputStream(ROLE_OF_JANE.getBytes(UTF_8)))
                .create();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void onlyNamespacesThatSaySoAreChosenFromWhenTheFilterIsOn() {
        var loss = cluster.create(tree(LOSS.formatted("both", "namespaces: [open, closed]")));

        await("chosen").atMost(MeshCluster.PATIENCE).untilAsserted(() -> assertThat(status().targets())
                .extracting(TargetRecord::id)
                .containsExactlyInAnyOrder("open/web-0", "open/web-1"));
        cluster.delete(loss);
        await("gone").atMost(MeshCluster.PATIENCE).until(() -> cluster.all("NetworkChaos")
                .isEmpty());
    }

    private static Status status() {
        return cluster.all("NetworkChaos").stream()
                .findFirst()
                .map(chaos -> Status.of(new Tree(chaos.getAdditionalProperties().get("status"))))
                .orElse(Status.NONE);
    }

    @Test
    void whoMayNotCreateExperimentsInANamespaceCannotHitItFromAnother() {
        try (KubernetesClient jane = cluster.actingAs("jane")) {
            assertRefused(
                    jane, LOSS.formatted("reaching", "namespaces: [closed]"), "jane is forbidden on namespace closed");
            assertRefused(
                    jane,
                    LOSS.formatted("by-name", "pods: {closed: [web-0]}"),
                    "jane is forbidden on namespace closed");

            var own = MeshCluster.create(jane, tree(LOSS.formatted("own", "namespaces: [open]")));
            cluster.delete(own);
        }
        await("gone").atMost(MeshCluster.PATIENCE).until(() -> cluster.all("NetworkChaos")
                .isEmpty());
    }

    /** The right that Chaos Mesh asks for is {@code schedule}, which is no resource; {@code schedules}, which is one, is not enough. */
    @Test
    void aScheduleNeedsTheRightThatIsNamedAfterItsKind() {
        try (KubernetesClient jane = cluster.actingAs("jane")) {
            assertRefused(jane, """
                    apiVersion: chaos-mesh.org/v1alpha1
                    kind: Schedule
                    metadata: {name: often, namespace: open}
                    spec:
                      schedule: "@every 1h"
                      type: NetworkChaos
                      historyLimit: 1
                      networkChaos: {action: partition, mode: all, selector: {namespaces: [open]}}
                    """, "jane is forbidden on namespace open");
        }
    }

    private static void assertRefused(KubernetesClient client, String yaml, String why) {
        assertThatThrownBy(() -> MeshCluster.create(client, tree(yaml)))
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                    assertThat(refused.getCode()).isEqualTo(403);
                    assertThat(refused.getStatus().getMessage())
                            .isEqualTo("admission webhook \"vauth.kb.io\" denied the request: " + why);
                });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> tree(String yaml) {
        return Serialization.unmarshal(yaml, Map.class);
    }
}
