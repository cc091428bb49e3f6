package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.kintsugi.features.cluster.embedded.api.resource.Body;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads bodies, JSON or YAML, and notes fields that are named twice. */
final class JsonReader {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_DEPTH = 500;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(100)
                    .build())
            .build();
    private static final YAMLFactory YAML = new YAMLFactory();

    private final JsonParser parser;
    private final List<String> duplicates = new ArrayList<>();

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /** A body that cannot be read; the message is for the client. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    static Body readJson(byte[] bytes) throws Unreadable {
        return read(JSON, bytes);
    }

    /** Reads YAML, which JSON is a part of. */
    static Body readYaml(byte[] bytes) throws Unreadable {
        return read(YAML, bytes);
    }

    private static Body read(JsonFactory factory, byte[] bytes) throws Unreadable {
        try (JsonParser parser = factory.createParser(bytes)) {
            JsonReader reader = new JsonReader(parser);
            if (parser.nextToken() == null) {
                throw new Unreadable("unexpected end of JSON input");
            }
            JsonNode tree = reader.value("");
            if (parser.nextToken() != null) {
                throw new Unreadable("invalid character after top-level value");
            }
            return new Body(tree, reader.duplicates, new String(bytes, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            String message = e.getOriginalMessage();
            throw new Unreadable(
                    message == null || message.startsWith("Unexpected end-of-input")
                            ? "unexpected end of JSON input"
                            : message);
        } catch (IOException | StackOverflowError e) {
            throw new Unreadable("the body cannot be read as text: " + e.getMessage());
        }
    }

    private JsonNode value(String path) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(path);
            case START_ARRAY -> array(path);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDecimalValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            default -> NODES.nullNode();
        };
    }

    /** Small numbers have one type, so that equal trees are equal however they came about. */
    private JsonNode integer() throws IOException {
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(parser.getBigIntegerValue());
        };
    }

    private ObjectNode object(String path) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String here = path.isEmpty() ? name : path + "." + name;
            parser.nextToken();
            if (object.has(name)) {
                duplicates.add(here);
            }
            object.set(name, value(here));
        }
        return object;
    }

    private ArrayNode array(String path) throws IOException {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(path + "[" + array.size() + "]"));
        }
        return array;
    }
}
