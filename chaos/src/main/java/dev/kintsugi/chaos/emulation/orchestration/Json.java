package dev.kintsugi.chaos.emulation.orchestration;

import java.util.Map;
import java.util.stream.Collectors;

/** Writes a flat map of texts and numbers. */
final class Json {
    private Json() {}

    static String text(Map<String, Object> map) {
        return map.entrySet().stream()
                .map(entry -> quoted(entry.getKey()) + ":"
                        + (entry.getValue() instanceof Number number ? number.toString() : quoted(entry.getValue())))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quoted(Object value) {
        StringBuilder text = new StringBuilder("\"");
        value.toString().chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", c));
            } else {
                text.append((char) c);
            }
        });
        return text.append('"').toString();
    }
}
