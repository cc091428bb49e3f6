package dev.kintsugi.features.cluster.embedded.network.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.chaos.emulation.HttpFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** What becomes of the body of one message: of several rules, each works on what the one before has made of it. */
final class BodyChange {

    /** A body that must be kept whole to be patched is no larger than this. */
    static final int MOST_BYTES = 16 * 1024 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private interface Change {
        byte[] of(byte[] body) throws IOException;
    }

    private final List<Change> changes = new ArrayList<>();

    static BodyChange by(List<HttpRule> rules) {
        BodyChange change = new BodyChange();
        for (HttpRule rule : rules) {
            HttpFault fault = rule.fault();
            fault.replace()
                    .base64Body()
                    .ifPresent(body -> change.changes.add(
                            before -> Base64.getDecoder().decode(body)));
            fault.patch().jsonBody().ifPresent(patch -> change.changes.add(before -> merge(before, patch)));
        }
        return change;
    }

    boolean isNone() {
        return changes.isEmpty();
    }

    /** @throws IOException if the body, or the patch, is no JSON */
    byte[] apply(byte[] body) throws IOException {
        byte[] result = body;
        for (Change change : changes) {
            result = change.of(result);
        }
        return result;
    }

    private static byte[] merge(byte[] body, String patch) throws IOException {
        JsonNode before = JSON.readTree(body);
        if (before.isMissingNode()) {
            throw new IOException("there is no body to be patched");
        }
        return JSON.writeValueAsBytes(merge(before, JSON.readTree(patch)));
    }

    /** RFC 7396. */
    private static JsonNode merge(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode change)) {
            return patch;
        }
        ObjectNode result = target instanceof ObjectNode object ? object : JSON.createObjectNode();
        change.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                result.remove(field.getKey());
            } else {
                result.set(field.getKey(), merge(result.path(field.getKey()), field.getValue()));
            }
        });
        return result;
    }
}
