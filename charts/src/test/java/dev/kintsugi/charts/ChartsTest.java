package dev.kintsugi.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartsTest {

    private static final Chart HEALER = new Chart("healer");
    private static final Chart SAMPLE_APP = new Chart("sample-app");

    @BeforeAll
    static void helmIsThere() {
        assumeTrue(Chart.HELM_MISSING.isEmpty(), () -> Chart.HELM_MISSING.orElse(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"healer", "sample-app"})
    void lintFindsNothing(String chart) {
        LintResult result = new Chart(chart).lint();
        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
        assertThat(result.getMessages())
                .noneMatch(message -> message.contains("[ERROR]") || message.contains("[WARNING]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"healer", "sample-app"})
    void podsRunWithTheLeastPrivilege(String chart) {
        Chart.Rendered rendered = new Chart(chart).render(Map.of());
        assertThat(rendered.pod().at("/securityContext/runAsNonRoot").asBoolean())
                .isTrue();
        assertThat(rendered.pod().at("/securityContext/runAsUser").asInt()).isPositive();
        assertThat(rendered.pod().at("/securityContext/seccompProfile/type").asText())
                .isEqualTo("RuntimeDefault");
        assertThat(rendered.pod().has("hostNetwork")).isFalse();
        assertThat(rendered.pod().get("containers")).hasSize(1);
        JsonNode security = rendered.container().get("securityContext");
        assertThat(security.get("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(security.get("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(texts(security.at("/capabilities/drop"))).containsExactly("ALL");
        assertThat(rendered.container().at("/resources/limits/memory").asText()).isNotEmpty();
        assertThat(rendered.container().at("/resources/requests/cpu").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"healer", "sample-app"})
    void nothingIsExposedOutsideTheCluster(String chart) {
        Chart.Rendered rendered = new Chart(chart).render(Map.of());
        assertThat(rendered.the("Service").at("/spec/type").asText()).isEqualTo("ClusterIP");
        assertThat(rendered.all("Ingress")).isEmpty();
        JsonNode from = rendered.the("NetworkPolicy").at("/spec/ingress/0/from");
        assertThat(from).isNotEmpty().noneMatch(peer -> peer.has("ipBlock"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"healer", "sample-app"})
    void everySelectorFindsThePodsOfItsRelease(String chart) {
        Chart.Rendered rendered = new Chart(chart).render(Map.of());
        JsonNode labels = rendered.the("Deployment").at("/spec/template/metadata/labels");
        List<JsonNode> selectors = new ArrayList<>();
        selectors.add(rendered.the("Deployment").at("/spec/selector/matchLabels"));
        selectors.add(rendered.the("Service").at("/spec/selector"));
        selectors.add(rendered.the("NetworkPolicy").at("/spec/podSelector/matchLabels"));
        rendered.all("PodDisruptionBudget").forEach(it -> selectors.add(it.at("/spec/selector/matchLabels")));
        assertThat(selectors).allSatisfy(selector -> {
            assertThat(selector).isNotEmpty();
            selector.properties()
                    .forEach(label -> assertThat(labels.get(label.getKey())).isEqualTo(label.getValue()));
        });
    }

    @Test
    void oneHealerReplacesTheOtherAndIsProbed() {
        Chart.Rendered rendered = HEALER.render(Map.of());
        JsonNode deployment = rendered.the("Deployment");
        assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(1);
        assertThat(deployment.at("/spec/strategy/type").asText()).isEqualTo("Recreate");
        assertThat(rendered.container().at("/livenessProbe/httpGet/path").asText())
                .isEqualTo("/livez");
        assertThat(rendered.container().at("/readinessProbe/httpGet/path").asText())
                .isEqualTo("/readyz");
        assertThat(rendered.pod().get("serviceAccountName").asText())
                .isEqualTo(rendered.the("ServiceAccount").at("/metadata/name").asText());
    }

    @Test
    void theHealerServesItsProbesOnThePodsAddress() {
        Chart.Rendered rendered = HEALER.render(Map.of("port", 9090));
        assertThat(environment(rendered)).contains("KINTSUGI_HTTP=0.0.0.0:9090", "KINTSUGI_LOG_LEVEL=info");
        assertThat(rendered.container().at("/ports/0/containerPort").asInt()).isEqualTo(9090);
    }

    @Test
    void theHealerMayDoWhatItsActionsNeedAndNothingElse() {
        Chart.Rendered rendered = HEALER.render(Map.of());
        List<String> granted = Stream.concat(rendered.all("ClusterRole").stream(), rendered.all("Role").stream())
                .flatMap(role -> elements(role.get("rules")))
                .flatMap(ChartsTest::permissions)
                .toList();
        assertThat(granted).noneMatch(permission -> permission.contains("*") || permission.contains("secrets"));
        assertThat(granted.stream().filter(permission -> !permission.matches("(get|list|watch) .*")))
                .containsExactlyInAnyOrder(
                        "delete pods",
                        "create pods/eviction",
                        "patch deployments",
                        "patch statefulsets",
                        "patch daemonsets",
                        "patch replicasets",
                        "patch nodes",
                        "patch controllerrevisions",
                        "create events",
                        "create recoveries",
                        "delete recoveries",
                        "update recoveries/status",
                        "patch recoveries/status");
        assertThat(texts(rendered.the("Role").at("/rules/0/resourceNames"))).containsExactly("self-healing-config");
        assertThat(rendered.the("ClusterRoleBinding")
                        .at("/subjects/0/namespace")
                        .asText())
                .isEqualTo("self-healing");
    }

    private static Stream<String> permissions(JsonNode rule) {
        return texts(rule.get("resources")).stream()
                .flatMap(resource -> texts(rule.get("verbs")).stream().map(verb -> verb + " " + resource));
    }

    @Test
    void theConfigurationIsWrittenAsTheHealerReadsIt() {
        Chart.Rendered rendered =
                HEALER.render(Map.of("config.recovery_history", 2592000, "config.protected_namespaces", "prod"));
        JsonNode config = rendered.the("ConfigMap");
        assertThat(config.at("/metadata/name").asText()).isEqualTo("self-healing-config");
        assertThat(config.at("/metadata/namespace").asText()).isEqualTo("self-healing");
        assertThat(config.at("/data/health_check_interval").isTextual()).isTrue();
        assertThat(config.at("/data/health_check_interval").asText()).isEqualTo("30");
        assertThat(config.at("/data/notification_enabled").asText()).isEqualTo("true");
        assertThat(config.at("/data/recovery_history").asText()).isEqualTo("2592000");
        assertThat(config.at("/data/protected_namespaces").asText()).isEqualTo("prod");
    }

    @Test
    void theSampleAppIsThreePodsOfWhichOneMayBeMissing() {
        Chart.Rendered rendered = SAMPLE_APP.render(Map.of());
        assertThat(rendered.the("Deployment").at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(rendered.the("PodDisruptionBudget")
                        .at("/spec/maxUnavailable")
                        .asInt())
                .isEqualTo(1);
        assertThat(rendered.pod().get("automountServiceAccountToken").asBoolean(true))
                .isFalse();
        assertThat(rendered.container().at("/readinessProbe/httpGet/path").asText())
                .isEqualTo("/ready");
        assertThat(rendered.container().at("/livenessProbe/httpGet/path").asText())
                .isEqualTo("/health");
        assertThat(environment(rendered)).contains("STATE_DIR=/state").noneMatch(it -> it.startsWith("UPSTREAM_URL"));
        String stateVolume = elements(rendered.container().get("volumeMounts"))
                .filter(mount -> mount.get("mountPath").asText().equals("/state"))
                .map(mount -> mount.get("name").asText())
                .findAny()
                .orElseThrow();
        assertThat(elements(rendered.pod().get("volumes")))
                .anyMatch(volume -> volume.get("name").asText().equals(stateVolume) && volume.has("emptyDir"));
    }

    @Test
    void valuesReachTheSampleApp() {
        Chart.Rendered rendered = SAMPLE_APP.render(Map.of(
                "replicas",
                5,
                "port",
                9090,
                "image.tag",
                "test",
                "upstreamUrl",
                "http://backend/",
                "probes.liveness.enabled",
                false,
                "networkPolicy.enabled",
                false));
        assertThat(rendered.the("Deployment").at("/spec/replicas").asInt()).isEqualTo(5);
        assertThat(rendered.container().get("image").asText()).isEqualTo("kintsugi/sample-app:test");
        assertThat(rendered.container().at("/ports/0/containerPort").asInt()).isEqualTo(9090);
        assertThat(environment(rendered)).contains("PORT=9090", "UPSTREAM_URL=http://backend/");
        assertThat(rendered.container().has("livenessProbe")).isFalse();
        assertThat(rendered.container().has("readinessProbe")).isTrue();
        assertThat(rendered.all("NetworkPolicy")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "healer, replicas, 2",
        "healer, config.health_check_interval, 9",
        "healer, config.health_check_interval, 301",
        "healer, config.node_failure_threshold, 11",
        "healer, config.pod_restart_threshold, 0",
        "healer, config.recovery_timeout, 59",
        "healer, config.notification_enabled, perhaps",
        "healer, config.helth_check_interval, 30",
        "healer, config.protected_namespaces, Prod",
        "healer, port, 80",
        "healer, logLevel, chatty",
        "sample-app, replicas, 101",
        "sample-app, upstreamUrl, backend",
        "sample-app, logLevel, chatty",
        "sample-app, probes.liveness.periodSeconds, 0",
        "sample-app, terminationGracePeriodSeconds, 5",
        "sample-app, image.pullPolicy, Sometimes",
        "sample-app, replica, 1",
    })
    void aBadValueIsRefusedWithItsKey(String chart, String key, String value) {
        String leaf = key.substring(key.lastIndexOf('.') + 1);
        assertThatThrownBy(() -> new Chart(chart).render(Map.of(key, value)))
                .hasMessageContaining("values don't meet the specifications of the schema")
                .hasMessageContaining(leaf);
    }

    private static List<String> environment(Chart.Rendered rendered) {
        return elements(rendered.container().get("env"))
                .map(variable -> variable.get("name").asText() + "="
                        + variable.path("value").asText())
                .toList();
    }

    private static List<String> texts(JsonNode array) {
        return elements(array).map(JsonNode::asText).toList();
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
