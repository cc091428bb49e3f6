package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Several clients create, replace, patch and delete the same few objects at once while others watch: no update is lost,
 * every watcher sees every change, in the same order, and each object's changes make sense one after the other.
 */
class ConcurrentHistoriesTest {

    private static final int WATCHERS = 3;
    private static final int OBJECTS = 3;
    private static final String END = "end";

    private static final ApiServer SERVER = ApiServer.start(ServerOptions.withSeed(1));
    private static final AtomicInteger RUNS = new AtomicInteger();

    /** No value is written twice: a write that changes nothing is answered, but it is no event, as in Kubernetes. */
    private static final AtomicInteger VALUES = new AtomicInteger();

    @AfterContainer
    static void stop() {
        SERVER.close();
    }

    @Property(tries = 12)
    void everyWatcherSeesOneAndTheSameHistory(
            @ForAll @Size(min = 2, max = 4) List<Long> seeds, @ForAll @IntRange(min = 5, max = 30) int steps) {
        Api api = new Api(SERVER);
        String namespace = "run-" + RUNS.incrementAndGet();
        String version = api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}")
                .at("/metadata/resourceVersion");
        String path = "/api/v1/namespaces/" + namespace + "/configmaps";
        AtomicInteger writes = new AtomicInteger();
        AtomicInteger increments = new AtomicInteger();
        api.post(path, "{\"metadata\":{\"name\":\"counter\"},\"data\":{\"n\":\"0\"}}");

        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<CompletableFuture<List<JsonNode>>> watchers = new ArrayList<>();
            for (int i = 0; i < WATCHERS; i++) {
                watchers.add(CompletableFuture.supplyAsync(() -> watch(path, version), threads));
            }
            List<CompletableFuture<Void>> writers = seeds.stream()
                    .map(seed -> CompletableFuture.runAsync(
                            () -> write(new Api(SERVER), path, new Random(seed), steps, writes, increments), threads))
                    .toList();
            writers.forEach(CompletableFuture::join);
            String counter = api.get(path + "/counter").at("/data/n");
            api.post(path, "{\"metadata\":{\"name\":\"" + END + "\"}}");
            List<List<JsonNode>> histories =
                    watchers.stream().map(CompletableFuture::join).toList();

            assertThat(counter).as("no lost update").isEqualTo(Integer.toString(increments.get()));
            // The counter's creation and the end are two more than the writers' changes.
            assertThat(histories.get(0)).hasSize(writes.get() + 2);
            assertThat(histories).allSatisfy(history -> assertThat(history).isEqualTo(histories.get(0)));
            assertOrdered(histories.get(0));
        } finally {
            threads.shutdownNow();
        }
    }

    private static void assertOrdered(List<JsonNode> history) {
        long last = 0;
        Map<String, String> state = new HashMap<>();
        for (JsonNode event : history) {
            long revision = event.at("/object/metadata/resourceVersion").asLong();
            assertThat(revision).isGreaterThan(last);
            last = revision;
            String name = event.at("/object/metadata/name").asText();
            String uid = event.at("/object/metadata/uid").asText();
            switch (event.path("type").asText()) {
                case "ADDED" -> assertThat(state.put(name, uid)).isNull();
                case "MODIFIED" -> assertThat(state.get(name)).isEqualTo(uid);
                default -> assertThat(state.remove(name)).isEqualTo(uid);
            }
        }
    }

    private static void write(
            Api api, String path, Random random, int steps, AtomicInteger writes, AtomicInteger increments) {
        for (int i = 0; i < steps; i++) {
            String name = "c" + random.nextInt(OBJECTS);
            String value = Integer.toString(VALUES.incrementAndGet());
            int code =
                    switch (random.nextInt(5)) {
                        case 0 ->
                            api.post(path, "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{}}")
                                    .code();
                        case 1 -> api.delete(path + "/" + name).code();
                        case 2 ->
                            api.mergePatch(path + "/" + name, "{\"data\":{\"v\":\"" + value + "\"}}")
                                    .code();
                        case 3 ->
                            api.put(
                                            path + "/" + name,
                                            "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"v\":\"" + value
                                                    + "\"}}")
                                    .code();
                        default -> increment(api, path + "/counter", increments);
                    };
            if (code < 300) {
                writes.incrementAndGet();
            } else {
                assertThat(code).isIn(404, 409);
            }
        }
    }

    /** Reads, adds one and replaces what was read, or nothing. */
    private static int increment(Api api, String path, AtomicInteger increments) {
        ObjectNode counter = (ObjectNode) api.get(path).body();
        int next = counter.at("/data/n").asInt() + 1;
        counter.putObject("data").put("n", Integer.toString(next));
        int code = api.put(path, counter.toString()).code();
        if (code == 200) {
            increments.incrementAndGet();
        }
        return code;
    }

    private static List<JsonNode> watch(String path, String version) {
        List<JsonNode> events = new ArrayList<>();
        String watch = path + "?watch=1&timeoutSeconds=60&resourceVersion=" + version;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(new Api(SERVER).open(watch), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode event = Api.JSON.readTree(line);
                events.add(event);
                if (event.at("/object/metadata/name").asText().equals(END)) {
                    return events;
                }
            }
            throw new AssertionError("the watch ended before the end");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
