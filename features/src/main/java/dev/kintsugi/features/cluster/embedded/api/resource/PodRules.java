package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.schema.Quantities;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks of a pod's spec, also within a pod template: what people get wrong, not all that Kubernetes checks. */
final class PodRules {

    private static final Set<String> RESTART_POLICIES = Set.of("Always", "OnFailure", "Never");
    private static final Set<String> PULL_POLICIES = Set.of("Always", "IfNotPresent", "Never");

    private static final Pattern VARIABLE = Pattern.compile("[-._a-zA-Z][-._a-zA-Z0-9]*");
    private static final List<String> HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc");
    private static final int MAX_PORT = 65_535;
    private static final String PORT = "must be between 1 and 65535, inclusive";

    private PodRules() {}

    static void check(JsonNode spec, String path, List<Cause> causes) {
        check(spec, path, Set.of(), causes);
    }

    /** The same where there will be more volumes than the spec names, e.g. those of claim templates. */
    static void check(JsonNode spec, String path, Set<String> otherVolumes, List<Cause> causes) {
        JsonNode containers = spec.path("containers");
        if (containers.isEmpty()) {
            causes.add(Cause.required(path + ".containers", ""));
        }
        Set<String> names = new HashSet<>();
        Set<String> volumes = volumes(spec.path("volumes"), path + ".volumes", causes);
        volumes.addAll(otherVolumes);
        containers(spec.path("initContainers"), path + ".initContainers", names, volumes, causes);
        initContainers(spec.path("initContainers"), path + ".initContainers", causes);
        containers(containers, path + ".containers", names, volumes, causes);
        tolerations(spec.path("tolerations"), path + ".tolerations", causes);
        NameRules.labels(spec.path("nodeSelector"), path + ".nodeSelector", causes);
        FieldRules.oneOf(spec, "dnsPolicy", path, causes, "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");
        String policy = text(spec, "restartPolicy");
        if (!policy.isEmpty() && !RESTART_POLICIES.contains(policy)) {
            causes.add(
                    Cause.unsupported(path + ".restartPolicy", quoted(policy), "\"Always\", \"OnFailure\", \"Never\""));
        }
        if (spec.path("terminationGracePeriodSeconds").asLong() < 0) {
            causes.add(notNegative(path + ".terminationGracePeriodSeconds", spec.get("terminationGracePeriodSeconds")));
        }
    }

    private static void containers(
            JsonNode containers, String path, Set<String> names, Set<String> volumes, List<Cause> causes) {
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
            mounts(container.path("volumeMounts"), here + ".volumeMounts", volumes, causes);
            resources(container.path("resources"), here + ".resources", causes);
            for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
                if (container.has(probe)) {
                    probe(container.get(probe), here + "." + probe, probe, causes);
                }
            }
        }
    }

    private static void initContainers(JsonNode containers, String path, List<Cause> causes) {
        for (int i = 0; i < containers.size(); i++) {
            for (String field : new String[] {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}) {
                if (containers.get(i).has(field)) {
                    causes.add(Cause.forbidden(path + "[" + i + "]." + field, "may not be set for init containers"));
                }
            }
        }
    }

    private static void ports(JsonNode ports, String path, List<Cause> causes) {
        Set<String> names = new HashSet<>();
        Set<String> hostPorts = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i).path("containerPort");
            String here = path + "[" + i + "].containerPort";
            if (port.asInt() == 0) {
                causes.add(Cause.required(here, ""));
            } else if (port.asInt() < 1 || port.asInt() > MAX_PORT) {
                causes.add(Cause.invalid(here, port.asText(), PORT));
            }
            String name = text(ports.get(i), "name");
            if (!name.isEmpty() && !names.add(name)) {
                causes.add(Cause.duplicate(path + "[" + i + "].name", quoted(name)));
            }
            int hostPort = ports.get(i).path("hostPort").asInt();
            String taken = text(ports.get(i), "protocol") + "/" + text(ports.get(i), "hostIP") + "/" + hostPort;
            if (hostPort != 0 && !hostPorts.add(taken)) {
                causes.add(Cause.duplicate(path + "[" + i + "].hostPort", quoted(taken)));
            }
            FieldRules.oneOf(ports.get(i), "protocol", path + "[" + i + "]", causes, "SCTP", "TCP", "UDP");
        }
    }

    private static void environment(JsonNode variables, String path, List<Cause> causes) {
        for (int i = 0; i < variables.size(); i++) {
            String here = path + "[" + i + "]";
            String name = text(variables.get(i), "name");
            if (name.isEmpty()) {
                causes.add(Cause.required(here + ".name", ""));
            } else if (!VARIABLE.matcher(name).matches()) {
                causes.add(Cause.invalid(
                        here + ".name",
                        quoted(name),
                        "a valid environment variable name must consist of alphabetic characters, digits, '_', '-',"
                                + " or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',"
                                + "  or 'MyEnvName1', regex used for validation is '" + VARIABLE.pattern() + "')"));
            }
            if (variables.get(i).has("valueFrom")
                    && !text(variables.get(i), "value").isEmpty()) {
                causes.add(Cause.invalid(
                        here + ".valueFrom", quoted(""), "may not be specified when `value` is not empty"));
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
        if (HANDLERS.stream().noneMatch(probe::has)) {
            causes.add(Cause.required(path, "must specify a handler type"));
        }
        List<String> handlers = HANDLERS.stream().filter(probe::has).toList();
        handlers.stream()
                .skip(1)
                .forEach(more ->
                        causes.add(Cause.forbidden(path + "." + more, "may not specify more than 1 handler type")));
        if (probe.has("exec") && probe.path("exec").path("command").isEmpty()) {
            causes.add(Cause.required(path + ".exec.command", ""));
        }
        httpGet(probe.path("httpGet"), path + ".httpGet", causes);
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

    private static void httpGet(JsonNode get, String path, List<Cause> causes) {
        JsonNode port = get.path("port");
        if (get.isObject() && port.isNumber() && (port.asInt() < 1 || port.asInt() > MAX_PORT)) {
            causes.add(Cause.invalid(path + ".port", port.asText(), PORT));
        }
        FieldRules.oneOf(get, "scheme", path, causes, "HTTP", "HTTPS");
    }

    private static void mounts(JsonNode mounts, String path, Set<String> volumes, List<Cause> causes) {
        Set<String> places = new HashSet<>();
        for (int i = 0; i < mounts.size(); i++) {
            String here = path + "[" + i + "]";
            String name = text(mounts.get(i), "name");
            String place = text(mounts.get(i), "mountPath");
            if (name.isEmpty()) {
                causes.add(Cause.required(here + ".name", ""));
            } else if (!volumes.contains(name)) {
                causes.add(Cause.notFound(here + ".name", quoted(name)));
            }
            if (place.isEmpty()) {
                causes.add(Cause.required(here + ".mountPath", ""));
            } else if (!places.add(place)) {
                causes.add(Cause.invalid(here + ".mountPath", quoted(place), "must be unique"));
            }
        }
    }

    private static void tolerations(JsonNode tolerations, String path, List<Cause> causes) {
        for (int i = 0; i < tolerations.size(); i++) {
            JsonNode toleration = tolerations.get(i);
            String here = path + "[" + i + "]";
            FieldRules.oneOf(toleration, "operator", here, causes, "Equal", "Exists");
            FieldRules.oneOf(toleration, "effect", here, causes, "NoExecute", "NoSchedule", "PreferNoSchedule");
            boolean exists = text(toleration, "operator").equals("Exists");
            if (text(toleration, "key").isEmpty() && !exists) {
                causes.add(Cause.invalid(
                        here + ".operator",
                        text(toleration, "operator"),
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
            }
            if (exists && !text(toleration, "value").isEmpty()) {
                causes.add(Cause.invalid(
                        here + ".operator", toleration.toString(), "value must be empty when `operator` is 'Exists'"));
            }
            if (toleration.has("tolerationSeconds")
                    && !text(toleration, "effect").equals("NoExecute")) {
                causes.add(Cause.invalid(
                        here + ".effect",
                        text(toleration, "effect"),
                        "effect must be 'NoExecute' when `tolerationSeconds` is set"));
            }
        }
    }

    /** The names of the volumes. */
    private static Set<String> volumes(JsonNode volumes, String path, List<Cause> causes) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < volumes.size(); i++) {
            String name = text(volumes.get(i), "name");
            if (name.isEmpty()) {
                causes.add(Cause.required(path + "[" + i + "].name", ""));
            } else if (!names.add(name)) {
                causes.add(Cause.duplicate(path + "[" + i + "].name", quoted(name)));
            } else {
                NameRules.label(path + "[" + i + "].name", name, causes);
            }
            source(volumes.get(i), path + "[" + i + "]", causes);
        }
        return names;
    }

    /** A volume has one source, and one that is an object of its own has its name. */
    private static void source(JsonNode volume, String path, List<Cause> causes) {
        List<String> sources = new ArrayList<>();
        volume.fieldNames().forEachRemaining(sources::add);
        sources.remove("name");
        sources.stream()
                .skip(1)
                .forEach(more ->
                        causes.add(Cause.forbidden(path + "." + more, "may not specify more than 1 volume type")));
        named(volume, "configMap", "name", path, causes);
        named(volume, "secret", "secretName", path, causes);
        named(volume, "persistentVolumeClaim", "claimName", path, causes);
    }

    private static void named(JsonNode volume, String source, String field, String path, List<Cause> causes) {
        if (volume.has(source)) {
            FieldRules.required(volume.path(source), field, path + "." + source, causes);
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
