package dev.kintsugi.features.cluster.embedded.control.workload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The value of the labels {@code pod-template-hash} and {@code controller-revision-hash}: equal for equal templates, with the letters and the length that Kubernetes' have.
 * The values themselves differ from Kubernetes', which hashes the memory layout of its Go structs.
 */
final class TemplateHash {

    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final int FNV_OFFSET = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;
    private static final ObjectMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private TemplateHash() {}

    /**
     * The hash of a template.
     *
     * @param collisions how often a name made of a hash was found taken; null for never
     */
    static String of(PodTemplateSpec template, @Nullable Integer collisions) {
        int hash = FNV_OFFSET;
        for (byte one : canonical(template, collisions).getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (one & 0xff)) * FNV_PRIME;
        }
        StringBuilder safe = new StringBuilder();
        Integer.toUnsignedString(hash).chars().forEach(digit -> safe.append(LETTERS.charAt(digit % LETTERS.length())));
        return safe.toString();
    }

    /** A template as a tree of maps, lists and values, as it would be read from the API. */
    static Map<String, Object> tree(PodTemplateSpec template) {
        try {
            return CANONICAL.readValue(canonical(template, null), new TypeReference<TreeMap<String, Object>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a pod template: " + e.getOriginalMessage(), e);
        }
    }

    /** Data of whatever class as the JSON that it is written as. */
    static JsonNode json(Object data) {
        try {
            return CANONICAL.readTree(CANONICAL.writeValueAsString(data));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not the data of a revision: " + e.getOriginalMessage(), e);
        }
    }

    /** The template that {@link History#data} made data of. */
    static PodTemplateSpec template(Object data) {
        ObjectNode template = json(data).path("spec").path("template").deepCopy();
        template.remove("$patch");
        return CANONICAL.convertValue(template, PodTemplateSpec.class);
    }

    private static String canonical(PodTemplateSpec template, @Nullable Integer collisions) {
        try {
            return CANONICAL.writeValueAsString(template) + (collisions == null ? "" : collisions);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a pod template: " + e.getOriginalMessage(), e);
        }
    }
}
