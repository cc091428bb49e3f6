package dev.kintsugi.chaos.lint;

import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.webhook.Webhook;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What Chaos Mesh's webhooks would reject, by the very rules of the emulated ones. */
final class WebhookRules {
    private static final Pattern BETWEEN = Pattern.compile(", (?=(?i:spec|metadata)[.:\\[ ])");
    private static final Pattern PATH = Pattern.compile("^((?i:spec|metadata)[\\w.\\[\\]]*): ");
    /** The webhook gives the value, which for a whole spec nobody wants to read again. */
    private static final Pattern WHOLE_MAP = Pattern.compile("^Invalid value: \\{.*}: ");

    private static final String DURATION = "give a duration such as 30s, 1m30s or 2h; there are no days";

    /** What to do, by what the webhook says. */
    private static final List<Map.Entry<String, String>> FIXES = List.of(
            Map.entry("duration", DURATION),
            Map.entry("\"\": parse value field", "say how many: a whole number in quotes, such as \"2\""),
            Map.entry("missing chaos spec", "describe the fault in the field of its kind, such as podChaos"),
            Map.entry("can not find a template", "name one of spec.templates"),
            Map.entry("must be greater than 0 with mode:fixed", "give the number of pods to hit, at least 1"),
            Map.entry("(0,100]", "give a whole percentage from 1 to 100"),
            Map.entry("parse value field", "give a whole number, in quotes"),
            Map.entry("name of container is empty", "name at least one container of the pod"),
            Map.entry("missing stressors", "give stressors.memory or stressors.cpu"),
            Map.entry("incorrect bytes format", MemorySize.REMEDY),
            Map.entry("rate field", "give a rate such as 1mbps or 500kbps"),
            Map.entry("`from` and `both`", "use direction to, or name the pods at the other end in spec.target"),
            Map.entry("ParseFloat", "give a number, in quotes, such as \"25\""),
            Map.entry("cron", "give five fields such as '*/5 * * * *', or '@every 10m'"),
            Map.entry("schedule", "give five fields such as '*/5 * * * *', or '@every 10m'"));

    private WebhookRules() {}

    static void look(Manifest manifest, Findings findings) {
        if (!(Webhook.review(Webhook.Operation.CREATE, manifest.resource(), null, Instant.EPOCH)
                instanceof Webhook.Review.Rejected rejected)) {
            return;
        }
        String errors = rejected.errors();
        if (errors.startsWith("[") && errors.endsWith("]")) {
            errors = errors.substring(1, errors.length() - 1);
        }
        for (String error : BETWEEN.split(errors, -1)) {
            Optional<String> path =
                    PATH.matcher(error).results().map(found -> found.group(1)).findFirst();
            String text = WHOLE_MAP
                    .matcher(path.map(found -> error.substring(found.length() + 2))
                            .orElse(error))
                    .replaceFirst("");
            findings.error(
                    path.map(found -> field(found, manifest.tree())).orElse("spec"),
                    "Chaos Mesh's webhook rejects it: " + text,
                    fix(text));
        }
    }

    private static String fix(String text) {
        return FIXES.stream()
                .filter(fix -> text.contains(fix.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("correct it");
    }

    /**
     * The webhook names fields by the path in its Go types, which has parts of its own: {@code Spec.TcParameter.Loss.Loss} is
     * written {@code spec.loss.loss}. What is not in the manifest is left out, but for the last part.
     */
    private static String field(String goPath, Tree tree) {
        StringBuilder path = new StringBuilder();
        Tree place = tree;
        String[] steps = goPath.split("[.\\[\\]]+", -1);
        for (int i = 0; i < steps.length; i++) {
            String step = steps[i];
            if (step.matches("\\d{1,6}")
                    && Integer.parseInt(step) < place.elements().size()) {
                place = place.elements().get(Integer.parseInt(step));
                path.append('[').append(step).append(']');
                continue;
            }
            String key = key(place, step);
            if (!key.isEmpty()) {
                place = place.at(key);
                path.append(path.isEmpty() ? "" : ".").append(key);
            } else if (i == steps.length - 1 && !step.isEmpty()) {
                path.append(path.isEmpty() ? "" : ".")
                        .append(Character.toLowerCase(step.charAt(0)))
                        .append(step.substring(1));
            }
        }
        return path.toString();
    }

    /** {@code MemoryStressor} is written {@code memory}. */
    private static String key(Tree place, String step) {
        return Stream.of(step, step.replaceFirst("Stressor$", ""))
                .flatMap(name -> place.map().keySet().stream().filter(name::equalsIgnoreCase))
                .findFirst()
                .orElse("");
    }
}
