package dev.kintsugi.features.cluster.embedded.api.ownership;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializable;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import dev.kintsugi.features.cluster.embedded.api.schema.FieldTree;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which fields of one object; immutable. In stored objects it stands in {@code metadata.managedFields} as it is,
 * since thousands of objects share a few sets of fields; it becomes JSON only when somebody reads it.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management">Field management</a>
 */
public final class ManagedFields implements JsonSerializable {

    private static final String FIELD = "managedFields";
    private static final Comparator<Entry> ORDER = Comparator.<Entry, Owner.Operation>comparing(
                    entry -> entry.owner().operation())
            .thenComparing(entry -> entry.time() == null ? Instant.EPOCH : entry.time())
            .thenComparing(Entry::owner, Owner.ORDER);

    /** Nobody owns anything. */
    public static final ManagedFields NONE = new ManagedFields(List.of());

    private final List<Entry> entries;

    /** What one owner has; the time of its last change, if it ever made one. */
    record Entry(Owner owner, @Nullable Instant time, FieldSet fields) {

        ObjectNode describe() {
            ObjectNode json = JsonNodeFactory.instance
                    .objectNode()
                    .put("manager", owner.manager())
                    .put("operation", owner.operation().text())
                    .put("apiVersion", owner.apiVersion());
            if (time != null) {
                json.put("time", time.toString());
            }
            return json.put("fieldsType", "FieldsV1");
        }

        ObjectNode toJson() {
            ObjectNode json = describe();
            json.set("fieldsV1", fields.toJson());
            if (!owner.subresource().isEmpty()) {
                json.put("subresource", owner.subresource());
            }
            return json;
        }
    }

    private ManagedFields(List<Entry> entries) {
        this.entries = entries.stream().sorted(ORDER).toList();
    }

    /** Those of a stored object, or of one that a client has sent. */
    public static ManagedFields of(ObjectNode object) {
        JsonNode node = object.path("metadata").path(FIELD);
        if (node instanceof POJONode wrapped && wrapped.getPojo() instanceof ManagedFields fields) {
            return fields;
        }
        return parse(node);
    }

    /** Takes them out of an object, and returns them. */
    public static ManagedFields take(ObjectNode object) {
        ManagedFields fields = of(object);
        if (object.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove(FIELD);
        }
        return fields;
    }

    /** Whether a client asks that nobody owns anything any more, and nothing is recorded from now on. */
    public static boolean isReset(ObjectNode object) {
        JsonNode node = object.path("metadata").path(FIELD);
        return node.isArray() && node.size() == 1 && node.get(0).isEmpty();
    }

    /** Puts them into an object; none at all are left out. */
    public void putInto(ObjectNode object) {
        ObjectNode metadata = object.withObjectProperty("metadata");
        if (entries.isEmpty()) {
            metadata.remove(FIELD);
        } else {
            metadata.putPOJO(FIELD, this);
        }
    }

    /** The object with them as plain JSON; the same one if it has none. */
    public static ObjectNode inFull(ObjectNode object) {
        JsonNode node = object.path("metadata").path(FIELD);
        if (!(node instanceof POJONode) || !(object.get("metadata") instanceof ObjectNode metadata)) {
            return object;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        copy.setAll(object);
        ObjectNode inner = JsonNodeFactory.instance.objectNode();
        inner.setAll(metadata);
        inner.set(FIELD, of(object).toJson());
        copy.set("metadata", inner);
        return copy;
    }

    /** The object without them; the same one if it has none. */
    public static ObjectNode without(ObjectNode object) {
        if (!(object.get("metadata") instanceof ObjectNode metadata) || !metadata.has(FIELD)) {
            return object;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        copy.setAll(object);
        ObjectNode inner = JsonNodeFactory.instance.objectNode();
        inner.setAll(metadata);
        inner.remove(FIELD);
        copy.set("metadata", inner);
        return copy;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The same after a write that is no apply: the writer owns what it has changed, and nobody else does. */
    public ManagedFields afterUpdate(Owner writer, ObjectNode before, ObjectNode after, FieldTree tree, Instant now) {
        Comparison change = Comparison.of(before, after, tree);
        if (change.isEmpty()) {
            return this;
        }
        FieldSet taken = change.added().union(change.modified());
        ManagedFields rest = withoutTaken(taken, change.removed(), null);
        return taken.isEmpty() ? rest : rest.with(writer, old -> old.union(taken), now);
    }

    /** The entries without what a write has taken or removed, but for the one of {@code except}. */
    ManagedFields withoutTaken(FieldSet taken, FieldSet removed, @Nullable Owner except) {
        List<Entry> kept = new ArrayList<>();
        for (Entry entry : entries) {
            boolean own = except != null && entry.owner().isSame(except);
            FieldSet fields = own ? entry.fields() : entry.fields().minus(taken).minus(removed);
            if (fields.equals(entry.fields())) {
                kept.add(entry);
            } else if (!fields.isEmpty()) {
                kept.add(new Entry(entry.owner(), entry.time(), fields.pooled()));
            }
        }
        return new ManagedFields(kept);
    }

    /** With another set for one owner; a null time keeps the one there is. An empty set removes the owner. */
    ManagedFields with(Owner owner, UnaryOperator<FieldSet> change, @Nullable Instant now) {
        List<Entry> changed = new ArrayList<>();
        FieldSet before = FieldSet.EMPTY;
        Instant time = null;
        for (Entry entry : entries) {
            if (entry.owner().isSame(owner)) {
                before = entry.fields();
                time = entry.time();
            } else {
                changed.add(entry);
            }
        }
        FieldSet fields = change.apply(before);
        if (!fields.isEmpty()) {
            Instant at = now == null ? time : now.truncatedTo(ChronoUnit.SECONDS);
            changed.add(new Entry(owner, at, fields.equals(before) ? before : fields.pooled()));
        }
        return new ManagedFields(changed);
    }

    List<Entry> entries() {
        return entries;
    }

    FieldSet fieldsOf(Owner owner) {
        Optional<Entry> own =
                entries.stream().filter(entry -> entry.owner().isSame(owner)).findFirst();
        return own.map(Entry::fields).orElse(FieldSet.EMPTY);
    }

    /** As JSON, for whoever wants to read or to patch it. */
    ArrayNode toJson() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        entries.forEach(entry -> list.add(entry.toJson()));
        return list;
    }

    private static ManagedFields parse(JsonNode list) {
        List<Entry> entries = new ArrayList<>();
        for (JsonNode one : list) {
            Owner.Operation operation =
                    one.path("operation").asText().equals("Apply") ? Owner.Operation.APPLY : Owner.Operation.UPDATE;
            Owner owner = new Owner(
                    one.path("manager").asText(),
                    operation,
                    one.path("apiVersion").asText(),
                    one.path("subresource").asText());
            FieldSet fields = FieldSet.parse(one.path("fieldsV1"));
            if (!fields.isEmpty()) {
                entries.add(new Entry(owner, time(one.path("time").asText()), fields.pooled()));
            }
        }
        return entries.isEmpty() ? NONE : new ManagedFields(entries);
    }

    private static @Nullable Instant time(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    @Override
    public void serialize(JsonGenerator generator, SerializerProvider serializers) throws IOException {
        generator.writeStartArray();
        for (Entry entry : entries) {
            generator.writeStartObject();
            for (var field : entry.describe().properties()) {
                generator.writeStringField(field.getKey(), field.getValue().asText());
            }
            generator.writeFieldName("fieldsV1");
            generator.writeRawValue(entry.fields().json());
            if (!entry.owner().subresource().isEmpty()) {
                generator.writeStringField("subresource", entry.owner().subresource());
            }
            generator.writeEndObject();
        }
        generator.writeEndArray();
    }

    @Override
    public void serializeWithType(JsonGenerator generator, SerializerProvider serializers, TypeSerializer types)
            throws IOException {
        serialize(generator, serializers);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ManagedFields fields && entries.equals(fields.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return toJson().toString();
    }
}
