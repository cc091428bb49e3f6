package dev.kintsugi.features.cluster.embedded.api.schema;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The schema of a built-in type, read off fabric8's model classes: their fields and types are generated from the Go
 * types of Kubernetes, so they name every field there is. (They follow a newer Kubernetes than 1.28; a field that is
 * newer is kept instead of pruned.)
 */
public final class ModelSchema implements ObjectSchema {

    private static final Map<Class<?>, ModelSchema> BY_CLASS = new ConcurrentHashMap<>();
    private static final Pattern MICRO_TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}(Z|[+-]\\d\\d:\\d\\d)");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private enum Shape {
        STRUCT,
        MAP,
        LIST,
        STRING,
        MICRO_TIME,
        INT32,
        INT64,
        FLOAT,
        BOOL,
        INT_OR_STRING,
        QUANTITY,
        ANY
    }

    private final Shape shape;
    private final Class<?> type;
    private final @Nullable ModelSchema element;
    private final Map<String, FieldTree> trees = new ConcurrentHashMap<>();
    private volatile @Nullable Map<String, ModelSchema> fields;

    private ModelSchema(Shape shape, Class<?> type, @Nullable ModelSchema element) {
        this.shape = shape;
        this.type = type;
        this.element = element;
    }

    /** The schema of one of fabric8's model classes. */
    public static ModelSchema of(Class<?> modelClass) {
        ModelSchema known = BY_CLASS.get(modelClass);
        if (known == null) {
            known = new ModelSchema(shapeOf(modelClass), modelClass, null);
            BY_CLASS.putIfAbsent(modelClass, known);
        }
        return known;
    }

    /** The schema of a field of this object, or null if it has none of that name. */
    public @Nullable ModelSchema field(String name) {
        if (shape == Shape.MAP) {
            return element;
        }
        return shape == Shape.STRUCT ? fields().get(name) : null;
    }

    /** The schema of the elements of this list; null if it is no list. */
    public @Nullable ModelSchema element() {
        return shape == Shape.LIST ? element : null;
    }

    /** How a strategic merge patch treats a field of this object; null for the default. */
    public @Nullable MergeRule mergeRule(String fieldName) {
        return shape == Shape.STRUCT ? MergeKeys.find(type.getSimpleName(), fieldName) : null;
    }

    @Override
    public FieldTree tree() {
        return tree("");
    }

    /** The same where it is the type of a field, named as {@code Struct.field}. */
    FieldTree tree(String field) {
        FieldTree known = trees.get(field);
        if (known == null) {
            known = new ModelTree(this, field);
            trees.put(field, known);
        }
        return known;
    }

    boolean isStruct() {
        return shape == Shape.STRUCT;
    }

    /** Whether the values are objects: structs, maps, and what may be anything. */
    boolean isObject() {
        return shape == Shape.STRUCT || shape == Shape.MAP || shape == Shape.ANY;
    }

    /** The name of the Go struct; that of a Java class if it is none. */
    String structName() {
        return type.getSimpleName();
    }

    @Override
    public List<String> prune(ObjectNode object) {
        List<String> unknown = new ArrayList<>();
        pruneStruct(object, "", unknown);
        return unknown;
    }

    @Override
    public void applyDefaults(ObjectNode object) {
        // Built-in kinds have their defaults in code, not in the schema.
    }

    @Override
    public List<Cause> validate(ObjectNode object) {
        return List.of();
    }

    @Override
    public ObjectNode toOpenApi(ObjectNode definitions) {
        ObjectNode schema = JSON.objectNode();
        switch (shape) {
            case STRUCT -> {
                String name = definitionName();
                if (!definitions.has(name)) {
                    ObjectNode definition = definitions.putObject(name).put("type", "object");
                    describeFields(definition, definitions);
                }
                schema.put("$ref", "#/components/schemas/" + name);
            }
            case MAP -> {
                schema.put("type", "object");
                schema.set("additionalProperties", elementOpenApi(definitions));
            }
            case LIST -> {
                schema.put("type", "array");
                schema.set("items", elementOpenApi(definitions));
            }
            case STRING -> schema.put("type", "string");
            case MICRO_TIME -> schema.put("type", "string").put("format", "date-time");
            case INT32 -> schema.put("type", "integer").put("format", "int32");
            case INT64 -> schema.put("type", "integer").put("format", "int64");
            case FLOAT -> schema.put("type", "number").put("format", "double");
            case BOOL -> schema.put("type", "boolean");
            case INT_OR_STRING -> schema.put("type", "string").put("format", "int-or-string");
            case QUANTITY -> schema.put("type", "string");
            case ANY -> schema.put("x-kubernetes-preserve-unknown-fields", true);
        }
        return schema;
    }

    /** The key of this type among the definitions of an OpenAPI document, e.g. {@code io.k8s.api.core.v1.PodSpec}. */
    public String definitionName() {
        return "io.k8s." + type.getName().replace("io.fabric8.kubernetes.", "").replace('$', '.');
    }

    private ObjectNode elementOpenApi(ObjectNode definitions) {
        return element == null ? JSON.objectNode() : element.toOpenApi(definitions);
    }

    private void describeFields(ObjectNode definition, ObjectNode definitions) {
        ObjectNode properties = definition.putObject("properties");
        fields().forEach((name, field) -> {
            ObjectNode property = field.toOpenApi(definitions);
            MergeRule rule = mergeRule(name);
            if (rule != null) {
                if (property.has("$ref")) {
                    String ref = property.get("$ref").asText();
                    property.removeAll();
                    property.putArray("allOf").addObject().put("$ref", ref);
                }
                property.put(
                        "x-kubernetes-patch-strategy",
                        rule.retainKeys() ? (rule.key() == null ? "retainKeys" : "merge,retainKeys") : "merge");
                if (rule.key() != null) {
                    property.put("x-kubernetes-patch-merge-key", rule.key());
                }
            }
            properties.set(name, property);
        });
    }

    private void pruneStruct(ObjectNode object, String path, List<String> unknown) {
        Map<String, ModelSchema> known = fields();
        Iterator<Map.Entry<String, JsonNode>> entries = object.properties().iterator();
        while (entries.hasNext()) {
            Map.Entry<String, JsonNode> entry = entries.next();
            String fieldPath = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            ModelSchema field = known.get(entry.getKey());
            if (field == null) {
                unknown.add(fieldPath);
                entries.remove();
            } else if (entry.getValue().isNull()) {
                entries.remove();
            } else {
                field.check(entry.getValue(), fieldPath, type.getSimpleName(), unknown);
                entry.setValue(field.canonical(entry.getValue()));
            }
        }
    }

    private void check(JsonNode value, String path, String struct, List<String> unknown) {
        boolean fits =
                switch (shape) {
                    case STRUCT, MAP -> value.isObject();
                    case LIST -> value.isArray();
                    case STRING, MICRO_TIME -> value.isTextual();
                    case INT32 -> value.isIntegralNumber() && value.canConvertToInt();
                    case INT64 -> value.isIntegralNumber() && value.canConvertToLong();
                    case FLOAT -> value.isNumber();
                    case BOOL -> value.isBoolean();
                    case INT_OR_STRING -> value.isTextual() || value.isIntegralNumber();
                    case QUANTITY -> value.isTextual() || value.isNumber();
                    case ANY -> true;
                };
        if (value.isPojo()) {
            return; // a part of a stored object that the server keeps in a form of its own
        }
        if (!fits) {
            throw new WrongType("json: cannot unmarshal " + goValue(value) + " into Go struct field " + struct + "."
                    + path + " of type " + goType());
        }
        if (shape == Shape.MICRO_TIME && !MICRO_TIME.matcher(value.asText()).matches()) {
            throw new WrongType("parsing time \"" + value.asText()
                    + "\" as \"2006-01-02T15:04:05.000000Z07:00\": there must be six decimals of a second");
        }
        if (shape == Shape.STRUCT) {
            pruneStruct((ObjectNode) value, path, unknown);
        } else if (shape == Shape.MAP && element != null) {
            Iterator<Map.Entry<String, JsonNode>> entries = value.properties().iterator();
            while (entries.hasNext()) {
                Map.Entry<String, JsonNode> entry = entries.next();
                if (entry.getValue().isNull()) {
                    entries.remove();
                } else {
                    element.check(entry.getValue(), path, struct, unknown);
                    entry.setValue(element.canonical(entry.getValue()));
                }
            }
        } else if (shape == Shape.LIST && element != null) {
            for (int i = 0; i < value.size(); i++) {
                if (!value.get(i).isNull()) {
                    element.check(value.get(i), path + "[" + i + "]", struct, unknown);
                }
            }
        }
    }

    /** Quantities are stored in one way of writing; everything else as it is sent. */
    private JsonNode canonical(JsonNode value) {
        if (shape != Shape.QUANTITY) {
            return value;
        }
        try {
            String text = Quantities.canonical(value.asText());
            return value.isTextual() && value.asText().equals(text) ? value : JSON.textNode(text);
        } catch (IllegalArgumentException e) {
            throw new WrongType(String.valueOf(e.getMessage()));
        }
    }

    private String goType() {
        return switch (shape) {
            case STRUCT -> "v1." + type.getSimpleName();
            case MAP -> "map[string]" + (element == null ? "interface {}" : element.goType());
            case LIST -> "[]" + (element == null ? "interface {}" : element.goType());
            case STRING -> "string";
            case MICRO_TIME -> "v1.MicroTime";
            case INT32 -> "int32";
            case INT64 -> "int64";
            case FLOAT -> "float64";
            case BOOL -> "bool";
            case INT_OR_STRING -> "intstr.IntOrString";
            case QUANTITY -> "resource.Quantity";
            case ANY -> "interface {}";
        };
    }

    private static String goValue(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER -> value.isIntegralNumber() ? "number" : "number " + value.asText();
            case BOOLEAN -> "bool";
            case ARRAY -> "array";
            case OBJECT -> "object";
            default -> "string";
        };
    }

    private Map<String, ModelSchema> fields() {
        Map<String, ModelSchema> known = fields;
        if (known == null) {
            known = readFields(type);
            fields = known;
        }
        return known;
    }

    private static Map<String, ModelSchema> readFields(Class<?> type) {
        Map<String, ModelSchema> fields = new TreeMap<>();
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                JsonProperty property = field.getAnnotation(JsonProperty.class);
                if (property != null && !Modifier.isStatic(field.getModifiers())) {
                    String name = property.value().isEmpty() ? field.getName() : property.value();
                    fields.putIfAbsent(name, ofType(field.getGenericType()));
                }
            }
        }
        return fields;
    }

    private static ModelSchema ofType(Type type) {
        if (type instanceof Class<?> c) {
            return of(c);
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
            Type[] arguments = generic.getActualTypeArguments();
            if (Collection.class.isAssignableFrom(raw)) {
                return new ModelSchema(Shape.LIST, raw, ofType(arguments[0]));
            }
            if (Map.class.isAssignableFrom(raw)) {
                return new ModelSchema(Shape.MAP, raw, ofType(arguments[1]));
            }
            return of(raw);
        }
        return of(Object.class);
    }

    private static Shape shapeOf(Class<?> c) {
        if (c == String.class || c.isEnum()) {
            return Shape.STRING;
        }
        if (c == MicroTime.class || c == ZonedDateTime.class) {
            return Shape.MICRO_TIME;
        }
        if (c == Integer.class || c == int.class) {
            return Shape.INT32;
        }
        if (c == Long.class || c == long.class) {
            return Shape.INT64;
        }
        if (c == Double.class || c == Float.class) {
            return Shape.FLOAT;
        }
        if (c == Boolean.class || c == boolean.class) {
            return Shape.BOOL;
        }
        if (c == IntOrString.class) {
            return Shape.INT_OR_STRING;
        }
        if (c == Quantity.class) {
            return Shape.QUANTITY;
        }
        if (c == FieldsV1.class) {
            return Shape.ANY;
        }
        JsonDeserialize custom = c.getAnnotation(JsonDeserialize.class);
        boolean ownFormat = custom != null && custom.using() != JsonDeserializer.None.class;
        return !ownFormat && !c.isInterface() && hasFields(c) ? Shape.STRUCT : anyUnlessEmptyStruct(c, custom);
    }

    private static boolean hasFields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields()).anyMatch(field -> field.isAnnotationPresent(JsonProperty.class));
    }

    /**
     * fabric8 gives every model class a plain deserializer annotation ({@code JsonDeserializer.None}); a class without
     * fields but with that annotation is an empty struct of Go's (e.g. EndpointsAddress options), all others hold any
     * JSON.
     */
    private static Shape anyUnlessEmptyStruct(Class<?> c, @Nullable JsonDeserialize annotation) {
        boolean plain = annotation != null && annotation.using() == JsonDeserializer.None.class && !c.isInterface();
        return plain ? Shape.STRUCT : Shape.ANY;
    }
}
