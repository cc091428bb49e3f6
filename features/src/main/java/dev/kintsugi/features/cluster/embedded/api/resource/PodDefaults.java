package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.child;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.eachObject;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Defaults of a pod's spec, also within a pod template.
 *
 * @see <a href="https://github.com/kubernetes/kubernetes/blob/v1.28.0/pkg/apis/core/v1/defaults.go">defaults.go</a>
 */
final class PodDefaults {

    private static final String DEFAULT_MODE = "defaultMode";
    private static final int FILE_MODE = 420; // 0644

    private PodDefaults() {}

    static void apply(ObjectNode spec) {
        eachObject(spec.path("initContainers"), PodDefaults::container);
        eachObject(spec.path("containers"), PodDefaults::container);
        setIfAbsent(spec, "restartPolicy", "Always");
        setIfAbsent(spec, "terminationGracePeriodSeconds", 30);
        setIfAbsent(spec, "dnsPolicy", "ClusterFirst");
        serviceAccount(spec);
        setIfAbsent(spec, "securityContext", Fields.JSON.objectNode());
        setIfAbsent(spec, "schedulerName", "default-scheduler");
        if (spec.path("hostNetwork").asBoolean()) {
            eachObject(
                    spec.path("containers"),
                    container -> eachObject(
                            container.path("ports"),
                            port -> setIfAbsent(
                                    port, "hostPort", port.path("containerPort").asInt())));
        }
        eachObject(spec.path("volumes"), PodDefaults::volume);
    }

    /** serviceAccount is the old name of serviceAccountName, and both always say the same. */
    private static void serviceAccount(ObjectNode spec) {
        String name = text(spec, "serviceAccountName");
        if (name.isEmpty()) {
            name = text(spec, "serviceAccount");
        }
        if (!name.isEmpty()) {
            spec.put("serviceAccountName", name).put("serviceAccount", name);
        }
    }

    private static void container(ObjectNode container) {
        eachObject(container.path("ports"), port -> setIfAbsent(port, "protocol", "TCP"));
        eachObject(container.path("env"), PodDefaults::environment);
        child(container, "resources");
        for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
            if (container.get(probe) instanceof ObjectNode present) {
                probe(present);
            }
        }
        if (container.path("lifecycle") instanceof ObjectNode lifecycle) {
            httpScheme(lifecycle.path("postStart"));
            httpScheme(lifecycle.path("preStop"));
        }
        setIfAbsent(container, "terminationMessagePath", "/dev/termination-log");
        setIfAbsent(container, "terminationMessagePolicy", "File");
        setIfAbsent(container, "imagePullPolicy", pullPolicy(text(container, "image")));
    }

    private static void environment(ObjectNode variable) {
        if (variable.path("valueFrom").path("fieldRef") instanceof ObjectNode reference) {
            setIfAbsent(reference, "apiVersion", "v1");
        }
    }

    private static void probe(ObjectNode probe) {
        httpScheme(probe);
        if (probe.path("grpc") instanceof ObjectNode grpc) {
            setIfAbsent(grpc, "service", "");
        }
        positive(probe, "timeoutSeconds", 1);
        positive(probe, "periodSeconds", 10);
        positive(probe, "successThreshold", 1);
        positive(probe, "failureThreshold", 3);
    }

    private static void positive(ObjectNode probe, String name, int fallback) {
        if (probe.path(name).asInt() == 0) {
            probe.put(name, fallback);
        }
    }

    private static void httpScheme(JsonNode handler) {
        if (handler.path("httpGet") instanceof ObjectNode get) {
            setIfAbsent(get, "path", "/");
            setIfAbsent(get, "scheme", "HTTP");
        }
    }

    /** Always for the tag latest, which is also meant when there is none. */
    private static String pullPolicy(String image) {
        int slash = image.lastIndexOf('/');
        boolean digest = image.contains("@");
        String last = image.substring(slash + 1);
        boolean latest = last.endsWith(":latest") || !last.contains(":");
        return latest && !digest ? "Always" : "IfNotPresent";
    }

    private static void volume(ObjectNode volume) {
        for (String source : new String[] {"secret", "configMap", "downwardAPI", "projected"}) {
            if (volume.path(source) instanceof ObjectNode present) {
                setIfAbsent(present, DEFAULT_MODE, FILE_MODE);
            }
        }
        if (volume.size() == 1) {
            volume.putObject("emptyDir");
        }
        if (volume.path("hostPath") instanceof ObjectNode path) {
            setIfAbsent(path, "type", "");
        }
    }
}
