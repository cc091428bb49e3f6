package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.schema.Quantities;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks of a pod's spec, also within a pod template: what people get wrong, not all that Kubernetes checks. */
final class PodRules {

    private static final Set<String> RESTART_POLICIES = Set.of("Always", "OnFailure", "Never");
    private static final Set<String> PULL_POLICIES = Set.of("Always", "IfNotPresent", "Never");

    private PodRules() {}

    static void check(JsonNode spec, String path, List<Cause> causes) {
        JsonNode containers = spec.path("containers");
        if (containers.isEmpty()) {
            causes.add(Cause.required(path + ".containers", ""));
        }
        Set<String> names = new HashSet<>();
        containers(spec.path("initContainers"), path + ".initContainers", names, causes);
        containers(containers, path + ".containers", names, causes);
        volumes(spec.path("volumes"), path + ".volumes", causes);
        String policy = text(spec, "restartPolicy");
        if (!policy.isEmpty() && !RESTART_POLICIES.contains(policy)) {
            causes.add(
                    Cause.unsupported(path + ".restartPolicy", quoted(policy), "\"Always\", \"OnFailure\", \"Never\""));
        }
        if (spec.path("terminationGracePeriodSeconds").asLong() < 0) {
            causes.add(notNegative(path + ".terminationGracePeriodSeconds", spec.get("terminationGracePeriodSeconds")));
        }
    }

    private static void containers(JsonNode containers, String path, Set<String> names, List<Cause> causes) {
        for (int i = 0; i < containers.size(); i++) {
            JsonNode container = containers.get(i);
            String here = path + "[" + i + "]";
            String name = text(container, "name");
            if (name.isEmpty()) {
                causes.add(Cause.required(here + ".name", ""));
            } else {
                NameRules.label(here + ".name", name, causes);
                if (!names.add(name)) {
                    causes.add(Cause.duplicate(here + ".name", quoted(name)));
                }
            }
            if (text(container, "image").isEmpty()) {
                causes.add(Cause.required(here + ".image", ""));
            }
            String pull = text(container, "imagePullPolicy");
            if (!pull.isEmpty() && !PULL_POLICIES.contains(pull)) {
                causes.add(Cause.unsupported(
                        here + ".imagePullPolicy", quoted(pull), "\"Always\", \"IfNotPresent\", \"Never\""));
            }
            ports(container.path("ports"), here + ".ports", causes);
            environment(container.path("env"), here + ".env", causes);
            resources(container.path("resources"), here + ".resources", causes);
            for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
                if (container.has(probe)) {
                    probe(container.get(probe), here + "." + probe, probe, causes);
                }
            }
        }
    }

    private static void ports(JsonNode ports, String path, List<Cause> causes) {
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i).path("containerPort");
            String here = path + "[" + i + "].containerPort";
            if (port.asInt() == 0) {
                causes.add(Cause.required(here, ""));
            } else if (port.asInt() < 1 || port.asInt() > 65535) {
                causes.add(Cause.invalid(here, port.asText(), "must be between 1 and 65535, inclusive"));
            }
        }
    }

    private static void environment(JsonNode variables, String path, List<Cause> causes) {
        for (int i = 0; i < variables.size(); i++) {
            if (text(variables.get(i), "name").isEmpty()) {
                causes.add(Cause.required(path + "[" + i + "].name", ""));
            }
        }
    }

    private static void resources(JsonNode resources, String path, List<Cause> causes) {
        JsonNode limits = resources.path("limits");
        resources.path("requests").properties().forEach(request -> {
            JsonNode limit = limits.get(request.getKey());
            BigDecimal asked = amount(request.getValue());
            BigDecimal allowed = limit == null ? null : amount(limit);
            if (asked != null && allowed != null && asked.compareTo(allowed) > 0) {
                causes.add(Cause.invalid(
                        path + ".requests",
                        quoted(request.getValue().asText()),
                        "must be less than or equal to " + request.getKey() + " limit of "
                                + (limit == null ? "" : limit.asText())));
            }
            if (asked != null && asked.signum() < 0) {
                causes.add(Cause.invalid(
                        path + ".requests[" + request.getKey() + "]",
                        quoted(request.getValue().asText()),
                        "must be greater than or equal to 0"));
            }
        });
    }

    private static void probe(JsonNode probe, String path, String which, List<Cause> causes) {
        boolean handler = probe.has("httpGet") || probe.has("tcpSocket") || probe.has("exec") || probe.has("grpc");
        if (!handler) {
            causes.add(Cause.required(path, "must specify a handler type"));
        }
        for (String number : new String[] {
            "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"
        }) {
            if (probe.path(number).asLong() < 0) {
                causes.add(notNegative(path + "." + number, probe.get(number)));
            }
        }
        if (!which.equals("readinessProbe") && probe.path("successThreshold").asInt(1) > 1) {
            causes.add(Cause.invalid(
                    path + ".successThreshold", probe.path("successThreshold").asText(), "must be 1"));
        }
    }

    private static void volumes(JsonNode volumes, String path, List<Cause> causes) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < volumes.size(); i++) {
            String name = text(volumes.get(i), "name");
            if (name.isEmpty()) {
                causes.add(Cause.required(path + "[" + i + "].name", ""));
            } else if (!names.add(name)) {
                causes.add(Cause.duplicate(path + "[" + i + "].name", quoted(name)));
            }
        }
    }

    static Cause notNegative(String path, JsonNode value) {
        return Cause.invalid(path, value.asText(), "must be greater than or equal to 0");
    }

    private static @Nullable BigDecimal amount(JsonNode quantity) {
        try {
            return Quantities.value(quantity.asText());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
