package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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
 * Clients that keep a copy of what they list and watch, as informers do, have the server's state in the end: whatever the
 * writers do, wherever they resume, and also when the history has been dropped under them and they must list again.
 */
class RestartedWatchesTest {

    private static final String END = "end";
    private static final String SELECTED = "side=left";

    /** So short a history that a client which pauses loses its place. */
    private static final ApiServer SERVER =
            ApiServer.start(ServerOptions.withSeed(1).withHistorySize(16));

    private static final AtomicInteger RUNS = new AtomicInteger();

    @AfterContainer
    static void stop() {
        SERVER.close();
    }

    @Property(tries = 8)
    void copiesOfAllWatchersAreTheServersState(
            @ForAll @Size(min = 2, max = 4) List<Long> seeds, @ForAll @IntRange(min = 10, max = 40) int steps) {
        Api api = new Api(SERVER);
        String namespace = "copy-" + RUNS.incrementAndGet();
        api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}");
        String path = "/api/v1/namespaces/" + namespace + "/configmaps";
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<CompletableFuture<Copy>> copies = new ArrayList<>();
            for (String selector : List.of("", "labelSelector=" + SELECTED, "fieldSelector=metadata.name%21%3Dc0")) {
                for (int pauses = 0; pauses < 2; pauses++) {
                    boolean forgets = pauses == 1;
                    copies.add(
                            CompletableFuture.supplyAsync(() -> new Copy(path, selector, forgets).follow(), threads));
                }
            }
            List<CompletableFuture<Void>> writers = seeds.stream()
                    .map(seed -> CompletableFuture.runAsync(
                            () -> write(new Api(SERVER), path, new Random(seed), steps), threads))
                    .toList();
            writers.forEach(CompletableFuture::join);
            api.post(path, "{\"metadata\":{\"name\":\"" + END + "\",\"labels\":{\"side\":\"left\"}}}");

            assertThat(copies.stream().map(CompletableFuture::join)).allSatisfy(copy -> {
                Map<String, String> state = new TreeMap<>();
                copy.list(state);
                assertThat(copy.objects).as(copy.selector).isEqualTo(state);
            });
        } finally {
            threads.shutdownNow();
        }
    }

    /** Creates, labels, deletes, and lets objects wait for a finalizer in between. */
    private static void write(Api api, String path, Random random, int steps) {
        for (int i = 0; i < steps; i++) {
            String name = "c" + random.nextInt(4);
            String side = random.nextBoolean() ? "left" : "right";
            String finalizers = random.nextBoolean() ? "[\"example.com/wait\"]" : "[]";
            String metadata = "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"side\":\"" + side
                    + "\"},\"finalizers\":" + finalizers + "}}";
            int code =
                    switch (random.nextInt(5)) {
                        case 0, 1 -> api.post(path, metadata).code();
                        case 2 -> api.delete(path + "/" + name).code();
                        case 3 ->
                            api.mergePatch(path + "/" + name, "{\"metadata\":{\"labels\":{\"side\":\"" + side + "\"}}}")
                                    .code();
                        default ->
                            api.mergePatch(path + "/" + name, "{\"metadata\":{\"finalizers\":null}}")
                                    .code();
                    };
            assertThat(code).isIn(200, 201, 404, 409);
        }
    }

    /** What a client knows: resource versions by name. */
    private static final class Copy {
        private final Api api = new Api(SERVER);
        private final String path;
        private final String selector;
        private final boolean forgets;
        private final Map<String, String> objects = new TreeMap<>();

        Copy(String path, String selector, boolean forgets) {
            this.path = path;
            this.selector = selector;
            this.forgets = forgets;
        }

        /** Lists and watches until the end is seen, however often the watch ends before. */
        Copy follow() {
            String version = list(objects);
            for (int reads = 1; !objects.containsKey(END); reads++) {
                // One that forgets reads a few changes, and resumes where it was only after many more have happened.
                version = watch(version, forgets ? reads : Integer.MAX_VALUE);
                if (version.isEmpty()) {
                    objects.clear();
                    version = list(objects);
                }
            }
            return this;
        }

        String list(Map<String, String> into) {
            JsonNode list = api.get(path + "?" + selector).body();
            list.path("items")
                    .forEach(item -> into.put(
                            item.at("/metadata/name").asText(),
                            item.at("/metadata/resourceVersion").asText()));
            return list.at("/metadata/resourceVersion").asText();
        }

        /** The version to resume at; empty if the server no longer has what came after it. */
        private String watch(String from, int most) {
            String version = from;
            String watch = path + "?watch=1&timeoutSeconds=60&resourceVersion=" + from + "&" + selector;
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(api.open(watch), StandardCharsets.UTF_8))) {
                for (int i = 0; i < most && !objects.containsKey(END); i++) {
                    String line = reader.readLine();
                    if (line == null) {
                        break;
                    }
                    JsonNode event = Api.JSON.readTree(line);
                    if (event.path("type").asText().equals("ERROR")) {
                        assertThat(event.at("/object/code").asInt()).isEqualTo(410);
                        return "";
                    }
                    version = apply(event, version);
                }
                return version;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String apply(JsonNode event, String before) {
            String name = event.at("/object/metadata/name").asText();
            String version = event.at("/object/metadata/resourceVersion").asText();
            assertThat(Long.parseLong(version)).as("in order").isGreaterThan(Long.parseLong(before));
            switch (event.path("type").asText()) {
                case "ADDED" -> assertThat(objects.put(name, version)).as(name).isNull();
                case "MODIFIED" ->
                    assertThat(objects.put(name, version)).as(name).isNotNull();
                default -> assertThat(objects.remove(name)).as(name).isNotNull();
            }
            return version;
        }
    }
}
