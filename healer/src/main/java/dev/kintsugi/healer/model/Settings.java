package dev.kintsugi.healer.model;

import java.util.List;
import java.util.Map;

/**
 * What an object's own annotations ask of the healer.
 *
 * @param healing false where {@value #HEAL} is {@code "false"}
 * @param dependsOn the Services named by {@value #DEPENDS_ON}, each {@code name} or {@code namespace/name}
 */
public record Settings(boolean healing, List<String> dependsOn) {

    /** Annotation (or label) that keeps the healer's hands off: {@code "false"}. */
    public static final String HEAL = "kintsugi.dev/heal";

    /** Annotation that names the Services an object needs, separated by commas. */
    public static final String DEPENDS_ON = "kintsugi.dev/depends-on";

    /** Nothing asked for. */
    public static final Settings NONE = new Settings(true, List.of());

    /** Makes the list unmodifiable. */
    public Settings {
        dependsOn = List.copyOf(dependsOn);
    }

    /** Reads them; the opt-out may be an annotation or a label. */
    public static Settings of(Map<String, String> annotations, Map<String, String> labels) {
        boolean healing =
                !"false".equalsIgnoreCase(annotations.get(HEAL)) && !"false".equalsIgnoreCase(labels.get(HEAL));
        String named = annotations.getOrDefault(DEPENDS_ON, "");
        if (healing && named.isBlank()) {
            return NONE;
        }
        List<String> services = List.of(named.split(",")).stream()
                .map(String::trim)
                .filter(s -> !s.isEmpty())
                .toList();
        return new Settings(healing, services);
    }
}
