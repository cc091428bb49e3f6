package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.Mode;
import java.util.List;
import java.util.Set;

/**
 * The rules of Chaos Mesh's validating webhooks for experiments. Fields are named as the webhook names them: by the path in its Go
 * types, so that {@code spec.loss.loss} is {@code Spec.TcParameter.Loss.Loss}. It looks at the outer fields before the inner ones.
 *
 * <p>Not rejected, though one would think so: a loss above 100, a partition with direction from or both and no target,
 * {@code workers: 0}, an IO latency without a delay, an HTTP fault without an action.
 */
final class ExperimentRules {
    private static final Set<String> HTTP_METHODS =
            Set.of("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT");

    private final FieldErrors errors;
    private final Tree spec;

    private ExperimentRules(FieldErrors errors, Tree spec) {
        this.errors = errors;
        this.spec = spec;
    }

    /** What is wrong with a spec whose defaults are filled in. */
    static List<String> errors(Kind kind, Tree spec) {
        FieldErrors errors = new FieldErrors();
        check(errors, kind, spec);
        return errors.all();
    }

    static void check(FieldErrors errors, Kind kind, Tree spec) {
        ExperimentRules rules = new ExperimentRules(errors, spec);
        switch (kind) {
            case POD_CHAOS -> rules.podChaos();
            case NETWORK_CHAOS -> NetworkRules.check(errors, spec);
            case STRESS_CHAOS -> rules.stressChaos();
            case HTTP_CHAOS -> rules.httpChaos();
            case IO_CHAOS -> rules.ioChaos();
            case TIME_CHAOS -> rules.timeChaos();
            case DNS_CHAOS, KERNEL_CHAOS -> rules.containers();
            case JVM_CHAOS -> {
                JvmRules.check(errors, spec);
                rules.containers();
            }
        }
    }

    private void podChaos() {
        if (spec.at("action").text("").equals("container-kill")
                && spec.at("containerNames").elements().isEmpty()) {
            errors.invalid(
                    "Spec.containerNames",
                    new NoStrings(),
                    "the name of container is empty on container-kill action: invalid value");
        }
        containers();
    }

    private void stressChaos() {
        Tree stressors = spec.at("stressors");
        if (!stressors.exists() && spec.at("stressngStressors").text("").isEmpty()) {
            errors.invalid("Spec", spec.map(), "missing stressors");
        }
        if (stressors.exists()
                && !stressors.at("memory").exists()
                && !stressors.at("cpu").exists()) {
            errors.invalid("Spec.Stressors", stressors.map(), "missing stressors");
        }
        containers();
        size("Spec.Stressors.MemoryStressor.Size", stressors.at("memory", "size"));
    }

    private void httpChaos() {
        mode(errors, "Spec.PodSelector", spec);
        String target = spec.at("target").text("");
        if (!target.equals("Request") && !target.equals("Response")) {
            errors.invalid("Spec.Target", target, "target " + target + " is not supported");
        }
        long port = spec.at("port").number(0);
        if (port <= 0) {
            errors.invalid("Spec.Port", port, "port " + port + " is not supported");
        }
        String method = spec.at("method").text();
        if (method != null && target.equals("Request") && !HTTP_METHODS.contains(method)) {
            errors.invalid("Spec.Method", method, "method " + method + " is not supported");
        }
        errors.duration("Spec.Duration", spec.at("duration"));
        String delay = spec.at("delay").text();
        if (delay != null && FieldErrors.error(delay).isPresent()) {
            errors.invalid("Spec.PodHttpChaosActions.Delay", delay, "invalid duration " + delay);
        }
    }

    private void ioChaos() {
        errors.duration("Spec.Delay", spec.at("delay"));
        if (spec.at("action").text("").equals("fault") && spec.at("errno").number(0) == 0) {
            errors.invalid("Spec.Errno", new Unsigned(0), "action fault: errno 0 is not supported");
        }
        long percent = spec.at("percent").number(100);
        if (percent < 0 || percent > 100) {
            errors.invalid("Spec.Percent", percent, "percent field should be in 0-100");
        }
        containers();
    }

    private void timeChaos() {
        String offset = spec.at("timeOffset").text("");
        FieldErrors.error(offset)
                .ifPresent(error -> errors.invalid("Spec.TimeOffset", offset, "parse timeOffset field error:" + error));
        containers();
    }

    /** What all have in common that choose containers. */
    private void containers() {
        errors.duration("Spec.Duration", spec.at("duration"));
        mode(errors, "Spec.ContainerSelector.PodSelector", spec);
    }

    static void mode(FieldErrors errors, String path, Tree podSelector) {
        String value = podSelector.at("value").text("");
        try {
            Mode.parse(podSelector.at("mode").text(""), value);
        } catch (InvalidExperiment e) {
            if (e.violation().field().equals("spec.value")) {
                errors.invalid(path + ".value", value, e.violation().rule());
            }
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
            errors.invalid(path, text, e.violation().rule());
        }
    }

    /** A list that is not there, as Go shows it. */
    private record NoStrings() {
        @Override
        public String toString() {
            return "[]string(nil)";
        }
    }

    /** An unsigned number, as Go shows it. */
    private record Unsigned(long value) {
        @Override
        public String toString() {
            return "0x" + Long.toHexString(value);
        }
    }
}
