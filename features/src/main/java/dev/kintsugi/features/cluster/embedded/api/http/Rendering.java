package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import io.vertx.core.buffer.Buffer;

/** Writes stored objects as JSON text in the version asked for, from the text that each state makes once. */
final class Rendering {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /**
     * Plain ASCII: fabric8's client (7.5) decodes the chunks of an HTTP watch one by one, and a character of several bytes
     * leaves NUL characters behind, or is cut in two.
     */
    private static final ObjectMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private Rendering() {}

    /** A tree as JSON text. */
    static Buffer bytes(JsonNode tree) {
        try {
            return Buffer.buffer(MAPPER.writeValueAsBytes(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /** One object with its kind and version. */
    static Buffer object(ResourceType type, Item item) {
        Buffer buffer = Buffer.buffer(256);
        appendObject(buffer, type, item);
        return buffer;
    }

    static void appendObject(Buffer buffer, ResourceType type, Item item) {
        if (Registry.isStoredAsSeen(type)) {
            buffer.appendString("{\"kind\":\"" + type.kind() + "\",\"apiVersion\":\"" + type.apiVersion() + "\",");
            buffer.appendBytes(item.fields());
        } else {
            buffer.appendBuffer(bytes(Registry.view(type, item.object())));
        }
    }

    /** An element of a list; those of built-in kinds leave out kind and version, as in the real server. */
    static void appendListed(Buffer buffer, ResourceType type, Item item) {
        if (type.has(Trait.CUSTOM) || !Registry.isStoredAsSeen(type)) {
            appendObject(buffer, type, item);
        } else {
            buffer.appendByte((byte) '{');
            buffer.appendBytes(item.fields());
        }
    }

    /** {@code PartialObjectMetadata}. */
    static ObjectNode partial(ObjectNode object) {
        ObjectNode partial =
                JSON.objectNode().put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
        JsonNode metadata = object.path("metadata");
        return partial.set("metadata", metadata.deepCopy());
    }
}
