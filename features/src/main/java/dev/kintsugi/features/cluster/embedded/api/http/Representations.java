package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import dev.kintsugi.features.cluster.embedded.api.ownership.ManagedFields;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.view.Table;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Objects and lists in the form that a client asks for: JSON, YAML, a table, or metadata alone. */
final class Representations {

    private static final YAMLMapper YAML = YAMLMapper.builder(
                    YAMLFactory.builder().stringQuotingChecker(new GoQuoting()).build())
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();

    private final InstantSource clock;

    Representations(InstantSource clock) {
        this.clock = clock;
    }

    Answer.Full object(int code, ResourceType type, Item item, Accept accept) {
        return switch (accept) {
            case PARTIAL -> Answer.json(code, Rendering.partial(item.object()));
            case YAML -> yaml(code, Registry.view(type, ManagedFields.inFull(item.object())));
            case TABLE -> Answer.json(code, table(type, item, Table.Include.METADATA));
            default -> new Answer.Full(code, Answer.JSON_TYPE, Rendering.object(type, item), List.of(), List.of());
        };
    }

    Answer.Full list(ResourceType type, Lists.Page page, Accept accept, Call call) {
        return switch (accept) {
            case PARTIAL -> partialList(page);
            case YAML -> yaml(200, tree(type, page));
            case TABLE -> Answer.json(200, table(type, page, include(call)));
            default -> jsonList(type, page);
        };
    }

    /** What a row of a table carries along. */
    static Table.Include include(Call call) {
        return switch (call.parameter("includeObject")) {
            case "", "Metadata" -> Table.Include.METADATA;
            case "None" -> Table.Include.NONE;
            case "Object" -> Table.Include.OBJECT;
            default ->
                throw ApiException.badRequest("unrecognized includeObject value: " + call.parameter("includeObject"));
        };
    }

    private ObjectNode table(ResourceType type, Item item, Table.Include include) {
        ObjectNode metadata =
                JsonNodeFactory.instance.objectNode().put("resourceVersion", Long.toString(item.revision()));
        return new Table(type, include).of(List.of(item.object()), metadata, true, clock.instant());
    }

    private ObjectNode table(ResourceType type, Lists.Page page, Table.Include include) {
        List<ObjectNode> objects = page.items().stream().map(Item::object).toList();
        return new Table(type, include).of(objects, listMetadata(page), true, clock.instant());
    }

    private static Answer.Full jsonList(ResourceType type, Lists.Page page) {
        Buffer buffer = Buffer.buffer(1024);
        buffer.appendString(
                "{\"kind\":\"" + type.listKind() + "\",\"apiVersion\":\"" + type.apiVersion() + "\",\"metadata\":");
        buffer.appendBuffer(Rendering.bytes(listMetadata(page)));
        buffer.appendString(",\"items\":[");
        boolean first = true;
        for (Item item : page.items()) {
            if (!first) {
                buffer.appendByte((byte) ',');
            }
            first = false;
            Rendering.appendListed(buffer, type, item);
        }
        buffer.appendString("]}");
        return new Answer.Full(200, Answer.JSON_TYPE, buffer, List.of(), List.of());
    }

    private static Answer.Full partialList(Lists.Page page) {
        ObjectNode list = JsonNodeFactory.instance
                .objectNode()
                .put("kind", "PartialObjectMetadataList")
                .put("apiVersion", "meta.k8s.io/v1");
        list.set("metadata", listMetadata(page));
        page.items().forEach(item -> list.withArray("items").add(Rendering.partial(item.object())));
        return Answer.json(200, list);
    }

    private static ObjectNode tree(ResourceType type, Lists.Page page) {
        ObjectNode list = JsonNodeFactory.instance
                .objectNode()
                .put("kind", type.listKind())
                .put("apiVersion", type.apiVersion());
        list.set("metadata", listMetadata(page));
        page.items()
                .forEach(item -> list.withArray("items").add(Registry.view(type, ManagedFields.inFull(item.object()))));
        return list;
    }

    private static ObjectNode listMetadata(Lists.Page page) {
        ObjectNode metadata =
                JsonNodeFactory.instance.objectNode().put("resourceVersion", Long.toString(page.revision()));
        if (!page.next().isEmpty()) {
            metadata.put("continue", page.next());
        }
        if (page.remaining() > 0) {
            metadata.put("remainingItemCount", page.remaining());
        }
        return metadata;
    }

    /** A text that would be read as a time is quoted, a key that is a dot is not. */
    private static final class GoQuoting extends StringQuotingChecker.Default {
        private static final long serialVersionUID = 1L;
        private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d.*");

        @Override
        public boolean needToQuoteName(String name) {
            return !name.equals(".") && super.needToQuoteName(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            return TIME.matcher(value).matches() || super.needToQuoteValue(value);
        }
    }

    /** Names in their order, as Go writes them. */
    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            ObjectNode sorted = JsonNodeFactory.instance.objectNode();
            Map<String, JsonNode> fields = new TreeMap<>();
            node.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
            return sorted.setAll(fields);
        }
        if (node.isArray()) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            node.forEach(one -> list.add(sorted(one)));
            return list;
        }
        return node;
    }

    private static Answer.Full yaml(int code, JsonNode tree) {
        try {
            Buffer text = Buffer.buffer(YAML.writeValueAsBytes(sorted(tree)));
            return new Answer.Full(code, "application/yaml", text, List.of(), List.of());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
