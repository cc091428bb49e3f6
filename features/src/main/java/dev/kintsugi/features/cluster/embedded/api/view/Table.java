package dev.kintsugi.features.cluster.embedded.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Objects of one kind as a table for people.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables">Receiving
 *     resources as tables</a>
 */
public final class Table {

    /** What of the object a row carries along; the values of the query parameter {@code includeObject}. */
    public enum Include {
        NONE,
        METADATA,
        OBJECT
    }

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ResourceType type;
    private final List<Column> columns;
    private final Include include;

    public Table(ResourceType type, Include include) {
        this.type = type;
        this.columns = type.has(Trait.CUSTOM) ? custom(type) : Columns.of(type.storage());
        this.include = include;
    }

    /** The table of stored objects, with its headings unless they are to be left out. */
    public ObjectNode of(List<ObjectNode> objects, ObjectNode metadata, boolean headings, Instant now) {
        ObjectNode table = JSON.objectNode().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        table.set("metadata", metadata);
        if (headings) {
            ArrayNode definitions = table.putArray("columnDefinitions");
            columns.forEach(column -> definitions.add(column.definition()));
        } else {
            table.putNull("columnDefinitions");
        }
        ArrayNode rows = table.putArray("rows");
        objects.forEach(object -> rows.add(row(object, now)));
        return table;
    }

    private ObjectNode row(ObjectNode object, Instant now) {
        ObjectNode row = JSON.objectNode();
        ArrayNode cells = row.putArray("cells");
        columns.forEach(column -> cells.add(column.cell().of(object, now)));
        if (include == Include.OBJECT) {
            row.set("object", Registry.view(type, object));
        } else if (include == Include.METADATA) {
            ObjectNode partial =
                    row.putObject("object").put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
            partial.set("metadata", object.path("metadata"));
        }
        return row;
    }

    /** The name, and what the definition declares, or else the age. */
    private static List<Column> custom(ResourceType type) {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.objectName());
        for (ObjectNode declared : type.columns()) {
            JsonPath path = JsonPath.parse(declared.path("jsonPath").asText());
            String kind = declared.path("type").asText("string");
            columns.add(new Column(
                    declared.path("name").asText(),
                    kind,
                    declared.path("format").asText(""),
                    declared.path("priority").asInt(),
                    (object, now) -> cell(path, kind, object, now)));
        }
        if (type.columns().isEmpty()) {
            Column age = Column.age();
            columns.add(new Column(age.name(), "date", "", 0, age.cell()));
        }
        return columns;
    }

    private static JsonNode cell(JsonPath path, String kind, ObjectNode object, Instant now) {
        List<JsonNode> found = path.find(object);
        if (found.isEmpty()) {
            return JSON.nullNode();
        }
        JsonNode first = found.get(0);
        return switch (kind) {
            case "date" -> JSON.textNode(Durations.since(first.asText(), now));
            case "integer", "number", "boolean" -> first;
            default -> JSON.textNode(path.text(object));
        };
    }
}
