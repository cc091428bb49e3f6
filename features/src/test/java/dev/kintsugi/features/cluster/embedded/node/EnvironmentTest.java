package dev.kintsugi.features.cluster.embedded.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class EnvironmentTest {

    private static final Map<String, Quantity> NODE = Map.of("cpu", new Quantity("4"), "memory", new Quantity("8Gi"));

    private static ApiServer server;
    private static KubernetesClient client;

    @BeforeAll
    static void start() {
        server = ApiServer.start(ServerOptions.withSeed(1));
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                .build();
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("settings")
                        .endMetadata()
                        .addToData("colour", "gold")
                        .build())
                .create();
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("keys")
                        .endMetadata()
                        .addToData("password", "c2VzYW1l")
                        .build())
                .create();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void laterVariablesWinAndReferencesAreExpanded() throws Exception {
        Map<String, String> variables = resolve(
                Map.of("WEB_SERVICE_HOST", "127.96.0.9"),
                plain("A", "1"),
                plain("URL", "http://$(WEB_SERVICE_HOST)/$(A)"),
                plain("LITERAL", "$$(A) $(NOBODY)"),
                plain("A", "2"),
                plain("WEB_SERVICE_HOST", "mine"));
        assertThat(variables)
                .containsEntry("URL", "http://127.96.0.9/1")
                .containsEntry("LITERAL", "$(A) $(NOBODY)")
                .containsEntry("A", "2")
                .containsEntry("WEB_SERVICE_HOST", "mine");
    }

    @Test
    void fieldsResourcesConfigMapsAndSecretsAreReferred() throws Exception {
        Map<String, String> variables = resolve(
                Map.of(),
                field("NAME", "metadata.name"),
                field("TEAM", "metadata.labels['team']"),
                field("IP", "status.podIP"),
                field("HOST", "status.hostIP"),
                new EnvVarBuilder()
                        .withName("LIMIT")
                        .withNewValueFrom()
                        .withNewResourceFieldRef()
                        .withContainerName("web")
                        .withDivisor(new Quantity("1Mi"))
                        .withResource("limits.memory")
                        .endResourceFieldRef()
                        .endValueFrom()
                        .build(),
                configMap("COLOUR", "settings", "colour", false),
                configMap("NONE", "settings", "absent", true),
                new EnvVarBuilder()
                        .withName("PASSWORD")
                        .withNewValueFrom()
                        .withNewSecretKeyRef("password", "keys", false)
                        .endValueFrom()
                        .build());
        assertThat(variables)
                .containsEntry("NAME", "p")
                .containsEntry("TEAM", "shop")
                .containsEntry("IP", "127.64.0.1")
                .containsEntry("HOST", "127.63.0.1")
                .containsEntry("LIMIT", "64")
                .containsEntry("COLOUR", "gold")
                .containsEntry("PASSWORD", "sesame")
                .doesNotContainKey("NONE");
    }

    @Test
    void recording08ReferenceThatLeadsNowhereIsNamed() {
        assertThatThrownBy(() -> resolve(Map.of(), configMap("A", "settings", "b", false)))
                .isInstanceOf(Environment.ConfigException.class)
                .hasMessage("couldn't find key b in ConfigMap default/settings");
        assertThatThrownBy(() -> resolve(Map.of(), configMap("A", "nothing", "b", false)))
                .hasMessage("configmap \"nothing\" not found");
        assertThatThrownBy(() -> resolve(Map.of(), field("A", "spec.hostname")))
                .hasMessage("unsupported fieldPath: spec.hostname");
    }

    @Test
    void servicesOfTheNamespaceAreVariables() {
        Service service = new ServiceBuilder()
                .withNewMetadata()
                .withName("shop-front")
                .endMetadata()
                .withNewSpec()
                .withClusterIP("127.96.0.9")
                .withPorts(
                        new ServicePortBuilder()
                                .withName("http")
                                .withPort(80)
                                .withTargetPort(new IntOrString(8080))
                                .build(),
                        new ServicePortBuilder().withName("admin").withPort(81).build())
                .endSpec()
                .build();
        Service headless = new ServiceBuilder(service)
                .editMetadata()
                .withName("db")
                .endMetadata()
                .editSpec()
                .withClusterIP("None")
                .endSpec()
                .build();
        assertThat(ServiceVariables.of(List.of(service, headless)))
                .containsEntry("SHOP_FRONT_SERVICE_HOST", "127.96.0.9")
                .containsEntry("SHOP_FRONT_SERVICE_PORT", "80")
                .containsEntry("SHOP_FRONT_SERVICE_PORT_HTTP", "80")
                .containsEntry("SHOP_FRONT_SERVICE_PORT_ADMIN", "81")
                .containsEntry("SHOP_FRONT_PORT", "tcp://127.96.0.9:80")
                .containsEntry("SHOP_FRONT_PORT_81_TCP_ADDR", "127.96.0.9")
                .allSatisfy((name, value) -> assertThat(name).startsWith("SHOP_FRONT_"));
    }

    private static Map<String, String> resolve(Map<String, String> services, EnvVar... variables)
            throws Environment.ConfigException {
        Container container = new ContainerBuilder()
                .withName("web")
                .withEnv(variables)
                .withNewResources()
                .addToLimits("memory", new Quantity("64Mi"))
                .endResources()
                .build();
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("p")
                .addToLabels("team", "shop")
                .endMetadata()
                .withNewSpec()
                .withContainers(container)
                .endSpec()
                .build();
        return new Environment(client, pod, container, "127.64.0.1", "127.63.0.1", NODE).variables(services);
    }

    private static EnvVar plain(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef("v1", path)
                .endValueFrom()
                .build();
    }

    private static EnvVar configMap(String name, String map, String key, boolean optional) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewConfigMapKeyRef(key, map, optional)
                .endValueFrom()
                .build();
    }
}
