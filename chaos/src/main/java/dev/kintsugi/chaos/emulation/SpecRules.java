package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules of Chaos Mesh's validating webhooks. Fields are named as the webhook names them: by the path in its Go types, so
 * that {@code spec.loss.loss} is {@code Spec.TcParameter.Loss.Loss}. It looks at the outer fields before the inner ones.
 *
 * <p>Not rejected, though one would think so: a loss above 100, a partition with direction from or both and no target,
 * {@code workers: 0}.
 */
final class SpecRules {
    private static final Pattern FLOAT = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern RATE = Pattern.compile("(?i)\\s*(.*?)\\s*(t|g|m|k|)bps\\s*");

    private final List<String> errors = new ArrayList<>();
    private final Tree spec;

    private SpecRules(Tree spec) {
        this.spec = spec;
    }

    /** What is wrong with a spec whose defaults are filled in. */
    static List<String> errors(Kind kind, Tree spec) {
        SpecRules rules = new SpecRules(spec);
        switch (kind) {
            case POD_CHAOS -> rules.podChaos();
            case NETWORK_CHAOS -> rules.networkChaos();
            case STRESS_CHAOS -> rules.stressChaos();
        }
        return rules.errors;
    }

    private void podChaos() {
        if (spec.at("action").text("").equals("container-kill")
                && spec.at("containerNames").elements().isEmpty()) {
            errors.add("Spec.containerNames: Invalid value: []string(nil): "
                    + "the name of container is empty on container-kill action: invalid value");
        }
        duration("Spec.Duration", spec.at("duration"));
        mode("Spec.ContainerSelector.PodSelector", spec);
    }

    private void networkChaos() {
        direction();
        mode("Spec.PodSelector", spec);
        duration("Spec.Duration", spec.at("duration"));
        if (spec.at("target").exists()) {
            mode("Spec.Target", spec.at("target"));
        }
        Tree delay = spec.at("delay");
        duration("Spec.TcParameter.Delay.Latency", delay.at("latency"));
        number("Spec.TcParameter.Delay.Correlation", delay.at("correlation"));
        duration("Spec.TcParameter.Delay.Jitter", delay.at("jitter"));
        Map.of("loss", "Loss", "duplicate", "Duplicate", "corrupt", "Corrupt").entrySet().stream()
                .sorted(Map.Entry.<String, String>comparingByKey().reversed())
                .forEach(part -> {
                    String path = "Spec.TcParameter." + part.getValue() + ".";
                    number(path + part.getValue(), spec.at(part.getKey(), part.getKey()));
                    number(path + "Correlation", spec.at(part.getKey(), "correlation"));
                });
        rate("Spec.TcParameter.Bandwidth.Rate", spec.at("bandwidth", "rate"));
        rate("Spec.TcParameter.Rate.Rate", spec.at("rate", "rate"));
        number("Spec.TcParameter.Delay.Reorder.Reorder", delay.at("reorder", "reorder"));
        number("Spec.TcParameter.Delay.Reorder.Correlation", delay.at("reorder", "correlation"));
    }

    private void stressChaos() {
        Tree stressors = spec.at("stressors");
        if (!stressors.exists() && spec.at("stressngStressors").text("").isEmpty()) {
            errors.add("Spec: Invalid value: " + spec.map() + ": missing stressors");
        }
        if (stressors.exists()
                && !stressors.at("memory").exists()
                && !stressors.at("cpu").exists()) {
            errors.add("Spec.Stressors: Invalid value: " + stressors.map() + ": missing stressors");
        }
        duration("Spec.Duration", spec.at("duration"));
        mode("Spec.ContainerSelector.PodSelector", spec);
        size("Spec.Stressors.MemoryStressor.Size", stressors.at("memory", "size"));
    }

    /** Delay, loss and the like act where packets leave: from and both need to know the pods at the other end. */
    private void direction() {
        String direction = spec.at("direction").text("to");
        if (spec.at("action").text("").equals("partition") || direction.equals("to")) {
            return;
        }
        if (spec.at("externalTargets").exists()) {
            invalid(
                    "Spec.direction",
                    direction,
                    "external targets cannot be used with `from` and `both` direction in netem action yet");
        }
        if (!spec.at("target").exists()) {
            invalid(
                    "Spec.direction",
                    direction,
                    "`from` and `both` direction cannot be used when targets is empty in netem action");
        }
    }

    private void mode(String path, Tree podSelector) {
        String value = podSelector.at("value").text("");
        try {
            Mode.parse(podSelector.at("mode").text(""), value);
        } catch (InvalidExperiment e) {
            if (e.violation().field().equals("spec.value")) {
                invalid(path + ".value", value, e.violation().rule());
            }
        }
    }

    private void duration(String path, Tree field) {
        String text = field.text("");
        if (text.isEmpty()) {
            return;
        }
        try {
            GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            invalid(path, text, "parse duration field error: " + e.getMessage());
        }
    }

    private void number(String path, Tree field) {
        String text = field.text();
        if (text != null && !FLOAT.matcher(text).matches()) {
            invalid(
                    path,
                    text,
                    "parse correlation field error:strconv.ParseFloat: parsing \"" + text + "\": invalid syntax");
        }
    }

    private void rate(String path, Tree field) {
        String text = field.text();
        if (text == null) {
            return;
        }
        Matcher rate = RATE.matcher(text);
        if (!rate.matches()) {
            invalid(path, text, "parse rate field error:invalid unit");
        } else if (!rate.group(1).matches("\\d+")) {
            invalid(
                    path,
                    text,
                    "parse rate field error:strconv.ParseUint: parsing \"" + rate.group(1) + "\": invalid syntax");
        }
    }

    private void size(String path, Tree field) {
        String text = field.text("");
        if (text.isEmpty()) {
            return;
        }
        try {
            MemorySize.parse(text);
        } catch (InvalidExperiment e) {
            invalid(path, text, e.violation().rule());
        }
    }

    private void invalid(String path, String value, String rule) {
        errors.add(path + ": Invalid value: \"" + value + "\": " + rule);
    }
}
