package dev.kintsugi.healer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an object's own annotations ask of the healer.
 *
 * @param healing false where {@value #HEAL} is {@code "false"}
 * @param dependsOn the Services named by {@value #DEPENDS_ON}, each {@code name} or {@code namespace/name}
 * @param paused true where {@value #PAUSE} is {@code "true"}
 * @param problems annotations with a value that means nothing, and what would be right
 */
public record Settings(boolean healing, List<String> dependsOn, boolean paused, List<String> problems) {

    /** Annotation (or label) that keeps the healer's hands off: {@code "false"}. */
    public static final String HEAL = "kintsugi.dev/heal";

    /** Annotation that names the Services an object needs, separated by commas. */
    public static final String DEPENDS_ON = "kintsugi.dev/depends-on";

    /** Annotation that stops the healer for as long as it is {@code "true"}. */
    public static final String PAUSE = "kintsugi.dev/pause";

    /** Nothing asked for. */
    public static final Settings NONE = new Settings(true, List.of());

    /** Makes the lists unmodifiable. */
    public Settings {
        dependsOn = List.copyOf(dependsOn);
        problems = List.copyOf(problems);
    }

    /** Neither paused nor with a problem. */
    public Settings(boolean healing, List<String> dependsOn) {
        this(healing, dependsOn, false, List.of());
    }

    /** Reads them; the opt-out may be an annotation or a label. */
    public static Settings of(Map<String, String> annotations, Map<String, String> labels) {
        String named = annotations.get(DEPENDS_ON);
        String pause = annotations.get(PAUSE);
        if (named == null && pause == null && !annotations.containsKey(HEAL) && !labels.containsKey(HEAL)) {
            return NONE;
        }
        List<String> problems = new ArrayList<>();
        boolean healing = flag("annotation " + HEAL, annotations.get(HEAL), true, problems)
                && flag("label " + HEAL, labels.get(HEAL), true, problems);
        boolean paused = flag("annotation " + PAUSE, pause, false, problems);
        List<String> services = named == null
                ? List.of()
                : List.of(named.split(",")).stream()
                        .map(String::trim)
                        .filter(s -> !s.isEmpty())
                        .toList();
        services.stream()
                .filter(s -> !s.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?(/[a-z0-9]([-a-z0-9]*[a-z0-9])?)?"))
                .forEach(s -> problems.add(
                        "annotation " + DEPENDS_ON + " names '" + s + "' (allowed: SERVICE or NAMESPACE/SERVICE)"));
        return new Settings(healing, services, paused, problems);
    }

    private static boolean flag(String name, @Nullable String value, boolean fallback, List<String> problems) {
        if (value == null) {
            return fallback;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> {
                problems.add(name + " is '" + value + "' (allowed: true or false)");
                yield fallback;
            }
        };
    }
}
