package dev.kintsugi.chaos.mesh;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A place in a tree of maps, lists and scalars, as JSON becomes them. Looking where nothing is, or where something else
 * is than expected, finds nothing: what others write into a resource must not break its reader.
 */
public record Tree(@Nullable Object value) {
    private static final Tree NOTHING = new Tree(null);

    /** The place below, along the keys. */
    public Tree at(String... keys) {
        Tree place = this;
        for (String key : keys) {
            place = place.value instanceof Map<?, ?> map ? new Tree(map.get(key)) : NOTHING;
        }
        return place;
    }

    public boolean exists() {
        return value != null;
    }

    /** The text that is here, if it is text. */
    public @Nullable String text() {
        return value instanceof String text ? text : null;
    }

    /** The text that is here, or else another. */
    public String text(String otherwise) {
        return value instanceof String text ? text : otherwise;
    }

    /** The whole number that is here, or else another. */
    public long number(long otherwise) {
        return value instanceof Number number ? number.longValue() : otherwise;
    }

    /** The elements, none when this is no list. */
    public List<Tree> elements() {
        return value instanceof List<?> list ? list.stream().map(Tree::new).toList() : List.of();
    }

    /** The elements that are text. */
    public List<String> texts() {
        return elements().stream().flatMap(e -> Stream.ofNullable(e.text())).toList();
    }

    /** The entries, none when this is no map. The map must not be changed. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> map() {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /** The entries whose values are text. */
    public Map<String, String> textMap() {
        Map<String, String> texts = new LinkedHashMap<>();
        map().forEach((key, entry) -> {
            if (entry instanceof String text) {
                texts.put(key, text);
            }
        });
        return texts;
    }
}
