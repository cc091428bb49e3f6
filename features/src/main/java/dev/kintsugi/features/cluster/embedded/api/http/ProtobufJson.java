package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns Kubernetes' protobuf messages into the JSON of the same objects. Fields have the same names in both; these are
 * the differences: some structs are embedded and appear inline, some messages stand for a plain value, and Go sends
 * fields that are no pointers even if they are zero, which JSON leaves out.
 *
 * @see <a href="https://github.com/kubernetes/api/tree/v0.28.0">k8s.io/api</a>
 */
final class ProtobufJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** Fields of embedded structs: theirs are those of the message around. */
    private static final Set<String> INLINE = Set.of(
            "volumeSource",
            "persistentVolumeSource",
            "localObjectReference",
            "handler",
            "ephemeralContainerCommon",
            "ingressRuleValue",
            "rule",
            "ruleWithOperations");

    /** Fields whose Go type is a pointer, or that JSON always shows: their zero means something. */
    private static final Set<String> ZERO_COUNTS = Set.of(
            "activeDeadlineSeconds",
            "allowPrivilegeEscalation",
            "allowed",
            "automountServiceAccountToken",
            "backoffLimit",
            "blockOwnerDeletion",
            "completions",
            "controller",
            "defaultMode",
            "enableServiceLinks",
            "expirationSeconds",
            "failedJobsHistoryLimit",
            "fsGroup",
            "gracePeriodSeconds",
            "immutable",
            "maxReplicas",
            "minReplicas",
            "mode",
            "optional",
            "orphanDependents",
            "parallelism",
            "partition",
            "priority",
            "privileged",
            "progressDeadlineSeconds",
            "readOnlyRootFilesystem",
            "replicas",
            "restartCount",
            "revisionHistoryLimit",
            "runAsGroup",
            "runAsNonRoot",
            "runAsUser",
            "shareProcessNamespace",
            "storageClassName",
            "successfulJobsHistoryLimit",
            "suspend",
            "terminationGracePeriodSeconds",
            "tolerationSeconds",
            "ttlSecondsAfterFinished",
            "value");

    private ProtobufJson() {}

    /** The message as JSON; null if it is an empty value, such as no time. */
    static JsonNode of(Message message) throws JsonReader.Unreadable {
        JsonNode value = value(message);
        return value == null ? JSON.objectNode() : value;
    }

    private static @Nullable JsonNode value(Message message) throws JsonReader.Unreadable {
        return switch (message.getDescriptorForType().getName()) {
            case "Time" -> time(message, false);
            case "MicroTime" -> time(message, true);
            case "Duration" -> JSON.textNode(goDuration((Long) field(message, "duration")));
            case "Quantity" -> JSON.textNode((String) field(message, "string"));
            case "IntOrString" ->
                (Long) field(message, "type") == 0
                        ? JSON.numberNode((Integer) field(message, "intVal"))
                        : JSON.textNode((String) field(message, "strVal"));
            case "RawExtension" -> raw((ByteString) field(message, "raw"));
            case "FieldsV1" -> raw((ByteString) field(message, "Raw"));
            case "ExtraValue" -> object(message).get("items");
            default -> object(message);
        };
    }

    private static ObjectNode object(Message message) throws JsonReader.Unreadable {
        ObjectNode object = JSON.objectNode();
        for (var entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            Object value = entry.getValue();
            if (field.isMapField()) {
                object.set(field.getName(), map((List<?>) value));
            } else if (field.isRepeated()) {
                ArrayNode list = object.putArray(field.getName());
                for (Object one : (List<?>) value) {
                    JsonNode element = one instanceof Message nested ? value(nested) : plain(one);
                    list.add(element == null ? JSON.nullNode() : element);
                }
            } else if (value instanceof Message nested) {
                JsonNode child = value(nested);
                if (INLINE.contains(field.getName()) && child instanceof ObjectNode embedded) {
                    object.setAll(embedded);
                } else if (child != null) {
                    object.set(field.getName(), child);
                }
            } else if (!isZero(field, value) || ZERO_COUNTS.contains(field.getName())) {
                object.set(field.getName(), plain(value));
            }
        }
        return object;
    }

    private static ObjectNode map(List<?> entries) throws JsonReader.Unreadable {
        ObjectNode map = JSON.objectNode();
        for (Object entry : entries) {
            Message pair = (Message) entry;
            Object value = field(pair, "value");
            JsonNode child = value instanceof Message nested ? value(nested) : plain(value);
            map.set((String) field(pair, "key"), child);
        }
        return map;
    }

    private static boolean isZero(FieldDescriptor field, Object value) {
        return field.getJavaType() == JavaType.BYTE_STRING
                ? ((ByteString) value).isEmpty()
                : value.equals(field.getDefaultValue());
    }

    private static JsonNode plain(Object value) {
        if (value instanceof String text) {
            return JSON.textNode(text);
        }
        if (value instanceof Integer number) {
            return JSON.numberNode(number);
        }
        // Small numbers have one type, so that equal trees are equal however they came about.
        if (value instanceof Long number) {
            return number == number.intValue() ? JSON.numberNode(number.intValue()) : JSON.numberNode(number);
        }
        if (value instanceof Boolean flag) {
            return JSON.booleanNode(flag);
        }
        if (value instanceof ByteString bytes) {
            return JSON.textNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
        return JSON.numberNode(((Number) value).doubleValue());
    }

    private static Object field(Message message, String name) {
        return message.getField(message.getDescriptorForType().findFieldByName(name));
    }

    private static @Nullable JsonNode time(Message message, boolean micros) {
        long seconds = (Long) field(message, "seconds");
        int nanos = (Integer) field(message, "nanos");
        if (message.getAllFields().isEmpty()) {
            return null;
        }
        Instant instant = Instant.ofEpochSecond(seconds, micros ? nanos : 0);
        return JSON.textNode(micros ? MICROS.format(instant) : instant.toString());
    }

    private static @Nullable JsonNode raw(ByteString json) throws JsonReader.Unreadable {
        return json.isEmpty() ? null : JsonReader.readJson(json.toByteArray()).tree();
    }

    /** As Go prints durations, e.g. {@code 1h0m5s}. */
    private static String goDuration(long nanos) {
        if (nanos == 0) {
            return "0s";
        }
        Duration duration = Duration.ofNanos(Math.abs(nanos));
        String seconds = duration.toSecondsPart() + fraction(duration.toNanosPart()) + "s";
        String text = duration.toHours() > 0
                ? duration.toHours() + "h" + duration.toMinutesPart() + "m" + seconds
                : duration.toMinutesPart() > 0 ? duration.toMinutesPart() + "m" + seconds : seconds;
        return nanos < 0 ? "-" + text : text;
    }

    private static String fraction(int nanos) {
        return nanos == 0 ? "" : String.format(Locale.ROOT, ".%09d", nanos).replaceAll("0+$", "");
    }
}
