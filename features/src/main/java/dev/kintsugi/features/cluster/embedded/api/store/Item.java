package dev.kintsugi.features.cluster.embedded.api.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One state of one object. Its tree must not be changed by anyone; who wants another state copies it. The JSON text is
 * made once and shared by every answer and every watch that carries this state.
 */
public final class Item {

    /**
     * Plain ASCII: fabric8's client (7.5) decodes the chunks of an HTTP watch one by one, and a character of several bytes
     * leaves NUL characters behind, or is cut in two.
     */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Key key;
    private final ObjectNode object;
    private final long revision;
    private volatile byte @Nullable [] fields;

    Item(Key key, ObjectNode object, long revision) {
        this.key = key;
        this.object = object;
        this.revision = revision;
    }

    public Key key() {
        return key;
    }

    /** The object; not to be changed. */
    public ObjectNode object() {
        return object;
    }

    /** The resource version at which this state was written. */
    public long revision() {
        return revision;
    }

    /**
     * The object's JSON text after its {@code kind} and {@code apiVersion} and the opening brace, up to and with the
     * closing brace. These two go before it as the asking version has them; lists of built-in kinds leave them out.
     */
    public byte[] fields() {
        byte[] made = fields;
        if (made == null) {
            made = write(object);
            fields = made;
        }
        return made;
    }

    private static byte[] write(ObjectNode object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (JsonGenerator generator = JSON.createGenerator(out)) {
            generator.writeStartObject();
            Iterator<Map.Entry<String, JsonNode>> entries = object.properties().iterator();
            while (entries.hasNext()) {
                Map.Entry<String, JsonNode> entry = entries.next();
                if (!entry.getKey().equals("kind") && !entry.getKey().equals("apiVersion")) {
                    generator.writeFieldName(entry.getKey());
                    generator.writeTree(entry.getValue());
                }
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] text = out.toByteArray();
        byte[] withoutBrace = new byte[text.length - 1];
        System.arraycopy(text, 1, withoutBrace, 0, withoutBrace.length);
        return withoutBrace;
    }
}
