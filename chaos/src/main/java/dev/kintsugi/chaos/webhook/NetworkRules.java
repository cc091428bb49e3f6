package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of NetworkChaos. */
final class NetworkRules {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern SPECIAL = Pattern.compile("(?i)[+-]?inf(inity)?|nan");
    private static final Pattern RATE = Pattern.compile("(?i)\\s*(.*?)\\s*(t|g|m|k|)bps\\s*");

    private final FieldErrors errors;
    private final Tree spec;

    private NetworkRules(FieldErrors errors, Tree spec) {
        this.errors = errors;
        this.spec = spec;
    }

    static void check(FieldErrors errors, Tree spec) {
        new NetworkRules(errors, spec).check();
    }

    private void check() {
        direction();
        ExperimentRules.mode(errors, "Spec.PodSelector", spec);
        errors.duration("Spec.Duration", spec.at("duration"));
        if (spec.at("target").exists()) {
            ExperimentRules.mode(errors, "Spec.Target", spec.at("target"));
        }
        Tree delay = spec.at("delay");
        errors.duration("Spec.TcParameter.Delay.Latency", delay.at("latency"));
        number("Spec.TcParameter.Delay.Correlation", delay.at("correlation"));
        errors.duration("Spec.TcParameter.Delay.Jitter", delay.at("jitter"));
        for (String part : List.of("Loss", "Duplicate", "Corrupt")) {
            String field = part.toLowerCase(Locale.ROOT);
            number("Spec.TcParameter." + part + "." + part, spec.at(field, field));
            number("Spec.TcParameter." + part + ".Correlation", spec.at(field, "correlation"));
        }
        rate("Spec.TcParameter.Bandwidth.Rate", spec.at("bandwidth", "rate"));
        rate("Spec.TcParameter.Rate.Rate", spec.at("rate", "rate"));
        number("Spec.TcParameter.Delay.Reorder.Reorder", delay.at("reorder", "reorder"));
        number("Spec.TcParameter.Delay.Reorder.Correlation", delay.at("reorder", "correlation"));
    }

    /** Delay, loss and the like act where packets leave: from and both need to know the pods at the other end. */
    private void direction() {
        String direction = spec.at("direction").text("to");
        if (spec.at("action").text("").equals("partition") || direction.equals("to")) {
            return;
        }
        if (spec.at("externalTargets").exists()) {
            errors.invalid(
                    "Spec.direction",
                    direction,
                    "external targets cannot be used with `from` and `both` direction in netem action yet");
        }
        if (!spec.at("target").exists()) {
            errors.invalid(
                    "Spec.direction",
                    direction,
                    "`from` and `both` direction cannot be used when targets is empty in netem action");
        }
    }

    /** Any number that fits into 32 bits, infinite ones and none at all among them. */
    private void number(String path, Tree field) {
        String text = field.text();
        if (text == null || SPECIAL.matcher(text).matches()) {
            return;
        }
        boolean isNumber = NUMBER.matcher(text).matches();
        if (!isNumber || Float.isInfinite(Float.parseFloat(text))) {
            errors.invalid(
                    path,
                    text,
                    "parse correlation field error:strconv.ParseFloat: parsing \"" + text + "\": "
                            + (isNumber ? "value out of range" : "invalid syntax"));
        }
    }

    private void rate(String path, Tree field) {
        String text = field.text();
        if (text == null) {
            return;
        }
        Matcher rate = RATE.matcher(text);
        if (!rate.matches()) {
            errors.invalid(path, text, "parse rate field error:invalid unit");
        } else if (!rate.group(1).matches("\\d+")) {
            errors.invalid(
                    path,
                    text,
                    "parse rate field error:strconv.ParseUint: parsing \"" + rate.group(1) + "\": invalid syntax");
        }
    }
}
