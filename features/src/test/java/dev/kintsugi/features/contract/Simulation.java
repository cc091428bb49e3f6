package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says to simulated containers what the shell commands of the recorded ones did. */
final class Simulation {

    static final String ANNOTATION = "simulate.kintsugi.dev/";

    private static final Pattern EXITS = Pattern.compile("(?:sleep (\\d+); )?exit (\\d+)");
    private static final Pattern SLEEPS = Pattern.compile("sleep \\d+");

    private Simulation() {}

    /** Adds the annotations to every pod, template and patch of a template in a body. */
    static void annotate(JsonNode body) {
        if (body.path("spec").path("containers").isArray()) {
            annotate((ObjectNode) body, body.path("spec"));
        }
        for (JsonNode child : body) {
            if (child.isContainerNode()) {
                annotate(child);
            }
        }
    }

    private static void annotate(ObjectNode pod, JsonNode spec) {
        for (String list : new String[] {"containers", "initContainers"}) {
            for (JsonNode container : spec.path(list)) {
                behaviour(container.path("command"))
                        .ifPresent(text -> pod.withObject("/metadata")
                                .withObject("/annotations")
                                .put(ANNOTATION + container.path("name").asText(), text));
            }
        }
    }

    /** A shell that does not handle SIGTERM as the first process of a container does not end by it. */
    private static Optional<String> behaviour(JsonNode command) {
        String script = command.path(2).asText();
        Matcher exits = EXITS.matcher(script);
        if (exits.matches()) {
            return Optional.of("exits " + exits.group(2) + " after "
                    + (exits.group(1) == null ? "0ms" : exits.group(1) + "s"));
        }
        return script.startsWith("trap '' TERM") || SLEEPS.matcher(script).matches()
                ? Optional.of("ignores SIGTERM")
                : Optional.empty();
    }
}
