package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who owns what, and what becomes of it when somebody applies; the recordings hold the common cases, these the rest. */
class ServerSideApplyTest {

    private static final String SERVICES = "/api/v1/namespaces/default/services/";
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps/";

    private ApiServer server;
    private Api api;

    @BeforeEach
    void start() {
        server = ApiServer.start(ServerOptions.withSeed(1));
        api = new Api(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void portsOfAServiceAreToldApartByPortAndProtocolWhichIsTcpUnlessGiven() {
        String name = "dns";
        String tcp = "{\"name\":\"a\",\"port\":53}";
        String udp = "{\"name\":\"b\",\"port\":53,\"protocol\":\"UDP\"}";
        assertThat(apply(SERVICES + name, "one", service(name, tcp)).code()).isEqualTo(201);
        Api.Answer both = apply(SERVICES + name, "two", service(name, udp));
        assertThat(both.code()).isEqualTo(200);
        assertThat(both.body().at("/spec/ports")).hasSize(2);
        assertThat(owned(both, "two").at("/f:spec/f:ports").fieldNames())
                .toIterable()
                .containsExactly("k:{\"port\":53,\"protocol\":\"UDP\"}");

        Api.Answer without = apply(SERVICES + name, "two", service(name, ""));
        assertThat(without.body().at("/spec/ports")).hasSize(1);
        assertThat(without.at("/spec/ports/0/name")).isEqualTo("a");
    }

    @Test
    void conflictsNameEveryFieldAndEachOwner() {
        String name = "c";
        apply(CONFIG_MAPS + name, "alice", configMap(name, "\"x\":\"1\""));
        apply(CONFIG_MAPS + name, "bob", configMap(name, "\"y\":\"1\""));
        Api.Answer refused = apply(CONFIG_MAPS + name, "carol", configMap(name, "\"x\":\"2\",\"y\":\"2\""));
        assertThat(refused.code()).isEqualTo(409);
        assertThat(refused.at("/message"))
                .isEqualTo("Apply failed with 2 conflicts: conflicts with \"alice\":\n- .data.x\nconflicts with"
                        + " \"bob\":\n- .data.y");
        assertThat(refused.body().at("/details/causes")).hasSize(2);
        assertThat(api.get(CONFIG_MAPS + name).body().path("data").toString()).isEqualTo("{\"x\":\"1\",\"y\":\"1\"}");
    }

    @Test
    void whatAnUpdateRemovesIsOwnedByNobodyAndWhatItChangesByTheWriter() {
        String name = "c";
        apply(CONFIG_MAPS + name, "alice", configMap(name, "\"x\":\"1\",\"y\":\"1\""));
        Api.Answer patched =
                api.mergePatch(CONFIG_MAPS + name + "?fieldManager=bob", "{\"data\":{\"x\":\"2\",\"y\":null}}");
        assertThat(owners(patched)).containsExactly("bob");
        assertThat(owned(patched, "bob").toString()).isEqualTo("{\"f:data\":{\"f:x\":{}}}");
    }

    @Test
    void managedFieldsAreKeptWhenAClientLeavesThemOutAndResetWhenItSaysSo() {
        String name = "c";
        api.post("/api/v1/namespaces/default/configmaps?fieldManager=me", configMap(name, "\"x\":\"1\""));
        Api.Answer replaced = api.put(CONFIG_MAPS + name + "?fieldManager=me", configMap(name, "\"x\":\"2\""));
        assertThat(owners(replaced)).containsExactly("me");
        Api.Answer reset = api.mergePatch(CONFIG_MAPS + name, "{\"metadata\":{\"managedFields\":[{}]}}");
        assertThat(reset.body().path("metadata").has("managedFields")).isFalse();
        Api.Answer after = api.mergePatch(CONFIG_MAPS + name, "{\"data\":{\"x\":\"3\"}}");
        assertThat(after.body().path("metadata").has("managedFields")).isFalse();
        Api.Answer applied = apply(CONFIG_MAPS + name, "kubectl", configMap(name, "\"x\":\"3\""));
        assertThat(owners(applied)).containsExactly("kubectl", "before-first-apply");
    }

    @Test
    void jsonPatchSeesManagedFieldsAndCanReplaceThem() {
        String name = "c";
        api.post("/api/v1/namespaces/default/configmaps?fieldManager=me", configMap(name, "\"x\":\"1\""));
        Api.Answer renamed = api.call(
                "PATCH",
                CONFIG_MAPS + name,
                "application/json-patch+json",
                "[{\"op\":\"test\",\"path\":\"/metadata/managedFields/0/manager\",\"value\":\"me\"},"
                        + "{\"op\":\"replace\",\"path\":\"/metadata/managedFields/0/manager\",\"value\":\"you\"}]",
                null);
        assertThat(renamed.code()).isEqualTo(200);
        assertThat(owners(renamed)).containsExactly("you");
    }

    @Test
    void writerOfTheStatusIsAnOwnerOfItsOwn() {
        api.post(
                "/api/v1/namespaces/default/pods?fieldManager=me",
                "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"x\"}]}}");
        Api.Answer patched = api.mergePatch(
                "/api/v1/namespaces/default/pods/p/status?fieldManager=kubelet",
                "{\"status\":{\"phase\":\"Running\"}}");
        assertThat(owners(patched)).containsExactlyInAnyOrder("me", "kubelet");
        int place = owners(patched).indexOf("kubelet");
        JsonNode entry = patched.body().at("/metadata/managedFields/" + place);
        assertThat(entry.path("subresource").asText()).isEqualTo("status");
        assertThat(entry.path("fieldsV1").toString()).isEqualTo("{\"f:status\":{\"f:phase\":{}}}");
    }

    @Test
    void applyThatChangesNothingIsNoWrite() {
        String name = "c";
        Api.Answer first = apply(CONFIG_MAPS + name, "alice", configMap(name, "\"x\":\"1\""));
        Api.Answer again = apply(CONFIG_MAPS + name, "alice", configMap(name, "\"x\":\"1\""));
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.code()).isEqualTo(200);
    }

    @Test
    void elementWithoutItsKeyAndKeyTwiceAreRefused() {
        String without = service("s", "{\"name\":\"a\"}");
        assertThat(apply(SERVICES + "s", "one", without).at("/message"))
                .contains(".spec.ports: element 0: associative list with keys has an element that omits key field");
        String twice = service("s", "{\"port\":1},{\"port\":1}");
        assertThat(apply(SERVICES + "s", "one", twice).at("/message"))
                .contains(".spec.ports: duplicate entries for key [port=1,protocol=\"TCP\"]");
    }

    private Api.Answer apply(String path, String manager, String body) {
        return api.call("PATCH", path + "?fieldManager=" + manager, "application/apply-patch+yaml", body, null);
    }

    private static JsonNode owned(Api.Answer answer, String manager) {
        for (JsonNode entry : answer.body().at("/metadata/managedFields")) {
            if (entry.path("manager").asText().equals(manager)) {
                return entry.path("fieldsV1");
            }
        }
        throw new AssertionError(manager + " owns nothing in " + answer.body());
    }

    private static List<String> owners(Api.Answer answer) {
        List<String> owners = new ArrayList<>();
        answer.body()
                .at("/metadata/managedFields")
                .forEach(entry -> owners.add(entry.path("manager").asText()));
        return owners;
    }

    private static String configMap(String name, String data) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"},\"data\":{"
                + data + "}}";
    }

    private static String service(String name, String ports) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":{\"ports\":[" + ports + "]}}";
    }
}
