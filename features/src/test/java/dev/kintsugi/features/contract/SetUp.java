package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.contract.Recording.Change;
import dev.kintsugi.features.contract.Recording.Exchange;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Brings up what a recording began with. The requests that made it were not recorded, so they are told from what was seen: an object
 * without an owner was created by the recorder; the template of a workload is that of its first pod; a Service shows in its
 * EndpointSlice.
 */
final class SetUp {

    private static final Map<String, String> PATHS = Map.of(
            "Deployment", "/apis/apps/v1/namespaces/%s/deployments",
            "StatefulSet", "/apis/apps/v1/namespaces/%s/statefulsets",
            "DaemonSet", "/apis/apps/v1/namespaces/%s/daemonsets",
            "ReplicaSet", "/apis/apps/v1/namespaces/%s/replicasets",
            "Job", "/apis/batch/v1/namespaces/%s/jobs",
            "Pod", "/api/v1/namespaces/%s/pods",
            "ConfigMap", "/api/v1/namespaces/%s/configmaps",
            "PodDisruptionBudget", "/apis/policy/v1/namespaces/%s/poddisruptionbudgets");
    private static final List<String> OF_A_HASH = List.of(
            "pod-template-hash",
            "controller-revision-hash",
            "pod-template-generation",
            "statefulset.kubernetes.io/pod-name",
            "apps.kubernetes.io/pod-index",
            "controller-uid",
            "job-name",
            "batch.kubernetes.io/controller-uid",
            "batch.kubernetes.io/job-name");

    private static final long MOST_APART_MS = 200;
    private static final int DEFAULT_TOLERATION_SECONDS = 300;

    private final Http http;
    private final Recording recording;
    private final Set<String> created = new HashSet<>();

    SetUp(Http http, Recording recording) {
        this.http = http;
        this.recording = recording;
    }

    /** Creates what had appeared by then and is not there yet, as far apart in time, up to a fifth of a second. */
    void run(long untilMs) throws InterruptedException {
        Map<String, Change> first = new LinkedHashMap<>();
        recording
                .changes()
                .filter(change -> change.ms() <= untilMs && !created.contains(change.uid()))
                .forEach(change -> first.putIfAbsent(change.uid(), change));
        created.addAll(first.keySet());
        first.values().stream()
                .filter(change ->
                        change.kind().equals("EndpointSlice") && !requested(change, "services", serviceName(change)))
                .forEach(this::service);
        long previous = untilMs;
        for (Change change : first.values()) {
            boolean made = change.type().equals("ADDED")
                    && change.object().at("/metadata/ownerReferences").isEmpty()
                    && PATHS.containsKey(change.kind())
                    && !requested(change, resource(change.kind()), change.name());
            if (made) {
                Pace.of(Math.max(0, Math.min(MOST_APART_MS, change.ms() - previous)))
                        .await();
                previous = change.ms();
                create(change);
            }
        }
    }

    /** Whether one of the recorded requests makes it. */
    private boolean requested(Change change, String resource, String name) {
        return recording.lines().stream()
                .anyMatch(line -> line instanceof Exchange exchange
                        && exchange.request().path("method").asText().equals("POST")
                        && exchange.request().at("/body/metadata/name").asText().equals(name)
                        && exchange.request()
                                .path("path")
                                .asText()
                                .endsWith("/" + change.namespace() + "/" + resource));
    }

    private static String resource(String kind) {
        String path = PATHS.getOrDefault(kind, "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String serviceName(Change slice) {
        return slice.object().at("/metadata/labels/kubernetes.io~1service-name").asText();
    }

    private void create(Change change) {
        if (change.name().equals(History.CERTIFICATE)) {
            return;
        }
        ObjectNode body = Http.JSON.createObjectNode();
        ObjectNode metadata = body.putObject("metadata").put("name", change.name());
        for (String part : List.of("labels", "finalizers")) {
            if (change.object().path("metadata").has(part)) {
                metadata.set(part, change.object().path("metadata").path(part));
            }
        }
        for (String part : List.of("data", "spec")) {
            if (change.object().has(part)) {
                body.set(part, change.object().path(part).deepCopy());
            }
        }
        if (change.kind().equals("Pod")) {
            body.set("spec", podSpec(change.object().path("spec")));
        } else if (body.at("/spec/selector").isObject() && !change.kind().equals("PodDisruptionBudget")) {
            body.withObject("/spec").set("template", template(change, body.at("/spec/selector")));
        }
        http.ask(
                "POST",
                Objects.requireNonNull(PATHS.get(change.kind()), change.kind()).formatted(change.namespace()),
                "application/json",
                body);
    }

    /** The template as the first pod of the workload shows it. */
    private ObjectNode template(Change workload, JsonNode selector) {
        JsonNode pod = recording
                .changes()
                .filter(change -> change.kind().equals("Pod") && selected(change.object(), selector))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        recording.name() + ": " + workload.name() + " has no pod to take the template from"))
                .object();
        ObjectNode template = Http.JSON.createObjectNode();
        ObjectNode labels = pod.at("/metadata/labels").deepCopy();
        labels.remove(OF_A_HASH);
        template.putObject("metadata").set("labels", labels);
        template.set("spec", podSpec(pod.path("spec")));
        return template;
    }

    /** Without what the scheduler and the admission chain have added. */
    private static ObjectNode podSpec(JsonNode recorded) {
        ObjectNode spec = recorded.deepCopy();
        spec.remove("nodeName");
        ArrayNode tolerations = spec.putArray("tolerations");
        recorded.path("tolerations").forEach(toleration -> {
            if (toleration.path("tolerationSeconds").asInt() != DEFAULT_TOLERATION_SECONDS) {
                tolerations.add(toleration);
            }
        });
        if (tolerations.isEmpty()) {
            spec.remove("tolerations");
        }
        return spec;
    }

    private static boolean selected(JsonNode pod, JsonNode selector) {
        JsonNode labels = pod.at("/metadata/labels");
        return selector.path("matchLabels").properties().stream()
                .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()));
    }

    /** Port 80 to the port of the endpoints, for the pods of the recording. */
    private void service(Change slice) {
        String name = serviceName(slice);
        JsonNode port = recording
                .changes()
                .filter(change -> change.uid().equals(slice.uid()))
                .map(change -> change.object().at("/ports/0/port"))
                .filter(JsonNode::isNumber)
                .findFirst()
                .orElseThrow();
        ObjectNode body = Http.JSON.createObjectNode();
        body.putObject("metadata").put("name", name);
        ObjectNode spec = body.putObject("spec");
        spec.putObject("selector").put("app", name);
        spec.putArray("ports").addObject().put("port", 80).set("targetPort", port);
        http.ask("POST", "/api/v1/namespaces/" + slice.namespace() + "/services", "application/json", body);
    }
}
