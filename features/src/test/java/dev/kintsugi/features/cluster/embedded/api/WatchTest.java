package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Watches over plain HTTP: where they begin, what they leave out, and how they end. */
class WatchTest {

    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

    private ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
    private Api api = new Api(server);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void watchWithoutVersionBeginsWithWhatIsThere() throws IOException {
        create("a", "x");
        assertThat(watch("")).containsExactly("ADDED a x");
        assertThat(watch("&resourceVersion=0")).containsExactly("ADDED a x");
    }

    @Test
    void watchFromAVersionGivesAllThatCameAfterIt() throws IOException {
        String version = create("a", "x").at("/metadata/resourceVersion");
        label("a", "y");
        api.delete(CONFIG_MAPS + "/a");
        assertThat(watch("&resourceVersion=" + version)).containsExactly("MODIFIED a y", "DELETED a y");
    }

    @Test
    void objectThatCeasesToBeSelectedIsDeletedForTheWatch() throws IOException {
        String version = create("a", "x").at("/metadata/resourceVersion");
        label("a", "y");
        label("a", "x");
        assertThat(watch("&labelSelector=l%3Dx&resourceVersion=" + version))
                .containsExactly("DELETED a x", "ADDED a x");
        assertThat(watch("&labelSelector=l%3Dy&resourceVersion=" + version))
                .containsExactly("ADDED a y", "DELETED a y");
        assertThat(watch("&fieldSelector=metadata.name%3Db&resourceVersion=" + version))
                .isEmpty();
    }

    @Test
    void watchOfOtherNamespacesIsNotDisturbed() throws IOException {
        api.post("/api/v1/namespaces/kube-public/configmaps", "{\"metadata\":{\"name\":\"o\"}}");
        assertThat(watch("")).isEmpty();
    }

    @Test
    void bookmarksComeAtTheBeginningAndTheEndAndNameTheLatestVersion() throws IOException {
        String version = create("a", "x").at("/metadata/resourceVersion");
        api.post("/api/v1/namespaces/kube-public/configmaps", "{\"metadata\":{\"name\":\"o\"}}");
        List<JsonNode> events = events("&allowWatchBookmarks=true&resourceVersion=" + version);
        assertThat(events).hasSize(2).allSatisfy(event -> {
            assertThat(event.path("type").asText()).isEqualTo("BOOKMARK");
            assertThat(event.at("/object/metadata/resourceVersion").asLong()).isGreaterThan(Long.parseLong(version));
        });
    }

    @Test
    void versionThatTheHistoryNoLongerHasIsGone() throws IOException {
        server.close();
        server = ApiServer.start(ServerOptions.withSeed(1).withHistorySize(4));
        api = new Api(server);
        String version = create("a", "0").at("/metadata/resourceVersion");
        for (int i = 1; i <= 5; i++) {
            label("a", Integer.toString(i));
        }
        List<JsonNode> events = events("&resourceVersion=" + version);
        assertThat(events).hasSize(1);
        assertThat(events.get(0).path("type").asText()).isEqualTo("ERROR");
        assertThat(events.get(0).at("/object/code").asInt()).isEqualTo(410);
        assertThat(events.get(0).at("/object/reason").asText()).isEqualTo("Expired");
    }

    @Test
    void forcedDeletionOfAPodIsSeenAsAMarkAndThenTheEnd() throws IOException {
        String pods = "/api/v1/namespaces/default/pods";
        String version = api.post(
                        pods,
                        "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeName\":\"n\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}")
                .at("/metadata/resourceVersion");
        api.delete(pods + "/p?gracePeriodSeconds=0");
        List<JsonNode> events = read(pods + "?watch=1&timeoutSeconds=1&resourceVersion=" + version);
        assertThat(events).extracting(e -> e.path("type").asText()).containsExactly("MODIFIED", "DELETED");
        assertThat(events.get(0)
                        .at("/object/metadata/deletionGracePeriodSeconds")
                        .asInt(-1))
                .isZero();
    }

    @Test
    void tableWatchHasHeadingsOnlyOnce() throws IOException {
        create("a", "x");
        create("b", "x");
        String accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
        Api.Answer answer = api.call("GET", CONFIG_MAPS + "?limit=1", null, null, accept);
        assertThat(answer.at("/kind")).isEqualTo("Table");
        assertThat(answer.body().at("/rows/0/cells/0").asText()).isEqualTo("a");
        assertThat(answer.at("/metadata/continue")).isNotEmpty();
    }

    @Test
    void pagesShowTheStateOfTheFirst() {
        create("a", "x");
        create("b", "x");
        create("c", "x");
        Api.Answer first = api.get(CONFIG_MAPS + "?limit=2");
        create("bb", "x");
        Api.Answer second = api.get(CONFIG_MAPS + "?limit=2&continue=" + first.at("/metadata/continue"));

        assertThat(first.body().at("/metadata/remainingItemCount").asInt()).isEqualTo(1);
        assertThat(second.body().path("items")).hasSize(1);
        assertThat(second.at("/items/0/metadata/name")).isEqualTo("c");
        assertThat(second.at("/metadata/resourceVersion")).isEqualTo(first.at("/metadata/resourceVersion"));
    }

    private Api.Answer create(String name, String label) {
        return api.post(CONFIG_MAPS, "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"l\":\"" + label + "\"}}}");
    }

    private void label(String name, String label) {
        api.mergePatch(CONFIG_MAPS + "/" + name, "{\"metadata\":{\"labels\":{\"l\":\"" + label + "\"}}}");
    }

    private List<String> watch(String query) throws IOException {
        return events(query).stream()
                .map(event -> event.path("type").asText() + " "
                        + event.at("/object/metadata/name").asText() + " "
                        + event.at("/object/metadata/labels/l").asText())
                .toList();
    }

    private List<JsonNode> events(String query) throws IOException {
        return read(CONFIG_MAPS + "?watch=1&timeoutSeconds=1" + query);
    }

    private List<JsonNode> read(String path) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(api.open(path), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                events.add(Api.JSON.readTree(line));
            }
        }
        return events;
    }
}
