package dev.kintsugi.healer.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** What a real Helm left behind after one step, and what it sent. */
public final class Recording {

    private static final JsonMapper JSON = new JsonMapper();

    private final String name;
    private final JsonNode step;

    private Recording(String name) {
        this.name = name;
        try {
            this.step = JSON.readTree(resource(name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Recording of(String name) {
        return new Recording(name);
    }

    public String namespace() {
        return step.path("namespace").asText();
    }

    public List<ObjectNode> objects() {
        return list(step.path("objects"));
    }

    /** The release Secrets, packed as Helm packs them where the recording has them only unpacked. */
    public List<StoredRevision> revisions() {
        List<StoredRevision> revisions = new ArrayList<>();
        for (ObjectNode secret : list(step.path("secrets"))) {
            JsonNode metadata = secret.path("metadata");
            Map<String, String> labels = new TreeMap<>();
            metadata.path("labels")
                    .properties()
                    .forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
            JsonNode data = secret.path("data").path("release");
            revisions.add(new StoredRevision(
                    metadata.path("namespace").asText(),
                    metadata.path("name").asText(),
                    metadata.path("uid").asText(),
                    metadata.path("resourceVersion").asText(),
                    labels,
                    Map.of(),
                    data.isTextual() ? data.asText() : pack(secret.path("release"))));
        }
        return revisions;
    }

    public StoredRevision revision(int version) {
        return revisions().stream()
                .filter(one -> one.version() == version)
                .findFirst()
                .orElseThrow();
    }

    public ReleaseHistory history() {
        return ReleaseHistory.of(revisions()).get(0);
    }

    /** The release as it was unpacked when it was recorded. */
    public JsonNode release(int version) {
        return list(step.path("secrets")).stream()
                .map(secret -> secret.path("release"))
                .filter(release -> release.path("version").asInt() == version)
                .findFirst()
                .orElseThrow();
    }

    public Optional<ObjectNode> object(String kind, String objectName) {
        return objects().stream()
                .filter(object -> object.path("kind").asText().equals(kind)
                        && object.path("metadata").path("name").asText().equals(objectName))
                .findFirst();
    }

    /** The requests that Helm sent, in order. */
    public List<ObjectNode> requests() {
        List<ObjectNode> requests = new ArrayList<>();
        try (InputStream lines = resource(name + ".requests.jsonl")) {
            for (String line : new String(lines.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                requests.add((ObjectNode) JSON.readTree(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return requests;
    }

    public static String pack(JsonNode release) {
        try {
            return ReleasePayload.encode(Release.of("test/test", (ObjectNode) release));
        } catch (UnreadableReleaseException e) {
            throw new AssertionError(e);
        }
    }

    private static List<ObjectNode> list(JsonNode nodes) {
        return StreamSupport.stream(nodes.spliterator(), false)
                .map(ObjectNode.class::cast)
                .toList();
    }

    private static InputStream resource(String file) {
        InputStream stream = Recording.class.getResourceAsStream("recordings/" + file);
        if (stream == null) {
            throw new AssertionError("no recording " + file);
        }
        return stream;
    }
}
