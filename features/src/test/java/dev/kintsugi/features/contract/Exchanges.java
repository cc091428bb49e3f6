package dev.kintsugi.features.contract;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.contract.Comparison.Difference;
import dev.kintsugi.features.contract.Http.Answer;
import dev.kintsugi.features.contract.Recording.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the recorded requests and holds code, headers and body of the answers against the recorded ones. UIDs, generated names,
 * resource versions and continue tokens of the recording are replaced by those that the server has given to the same objects.
 */
final class Exchanges {

    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z");
    private static final Pattern UID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Set<String> NOT_COMPARED = Set.of(
            "uid",
            "resourceVersion",
            "generation",
            "observedGeneration",
            "clusterIP",
            "clusterIPs",
            "podIP",
            "podIPs",
            "nodeName",
            "hostIP",
            "hostIPs",
            "containerID",
            "imageID",
            "pod-template-hash",
            "storageVersionHash",
            "continue",
            "description",
            "remainingItemCount",
            "deployment.kubernetes.io/revision");
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Pattern REPEATED = Pattern.compile("\\(attempt ");
    private static final int CONFLICTS = 5;
    private static final Pattern VERSION = Pattern.compile(
            "(resource version: |resourceVersion: \"|ResourceVersion in record \\(|current: |: \\d+ \\(|: N \\()\\d+");
    private static final Pattern POINTER = Pattern.compile("\\(\\*bool\\)\\(0x[0-9a-f]+\\)");
    /** The embedded cluster does not serve every kind and path: of discovery, what both serve is compared. */
    private static final Pattern SERVED_BY_ONE =
            Pattern.compile("^\\S*/(groups|resources|subresources|paths|items)/[^/ ]+: recorded .*; here nothing$"
                    + "|^\\S*/[^/ ]*chaos-mesh.org[^/ ]*: recorded nothing; here .*");

    private static final Pattern HASH = Pattern.compile("hash=[-0-9A-Fa-f]+");
    private static final Pattern AGE = Pattern.compile("(\\d+[smhd]){1,2}");
    /** One recorded watch waits a minute for its bookmarks; there is one at the end of a short one too. */
    private static final String OWNERS = "managedFields";
    /** What the client library of the control loops calls itself. */
    private static final String CONTROLLERS = "fabric8-kubernetes-client";

    private static final Pattern LONG_WATCH = Pattern.compile("timeoutSeconds=\\d{2,}");

    private static final List<String> HEADERS = List.of("Content-Type", "Retry-After", "Warning", "Location", "Allow");

    private final Http http;
    private final String namespace;
    private final Map<String, String> given = new HashMap<>();
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final Map<String, String> tokens = new HashMap<>();
    private final List<Difference> differences = new ArrayList<>();
    private int compared;

    /**
     * @param namespace that of the recording
     */
    Exchanges(Http http, String namespace) {
        this.http = http;
        this.namespace = namespace;
    }

    int compared() {
        return compared;
    }

    List<Difference> differences() {
        return differences;
    }

    /**
     * Sends one request.
     *
     * @param names recorded names and UIDs, and what they are here
     */
    void replay(Exchange exchange, Map<String, String> names) {
        given.putAll(names);
        given.remove("");
        List<String> parts = attempt(exchange);
        if (!parts.isEmpty() && REPEATED.matcher(exchange.note()).find()) {
            parts = repeated(exchange);
        }
        compared += 2;
        if (!parts.isEmpty()) {
            String note = exchange.note().isEmpty() ? "answer" : exchange.note();
            differences.add(new Difference(
                    exchange.request().path("method").asText() + " "
                            + exchange.request().path("path").asText(),
                    note,
                    String.join("\n      ", parts),
                    false,
                    parts.get(0).startsWith("code") ? 2 : 1));
        }
    }

    /** What the recorder tried until it came out is tried until it comes out. */
    private List<String> repeated(Exchange exchange) {
        List<String> parts = new ArrayList<>();
        try {
            Awaitility.await(exchange.note())
                    .pollInSameThread()
                    .pollInterval(PAUSE)
                    .atMost(PATIENCE)
                    .until(() -> {
                        parts.clear();
                        parts.addAll(attempt(exchange));
                        return parts.isEmpty();
                    });
        } catch (ConditionTimeoutException e) {
            return parts;
        }
        return List.of();
    }

    /** How the answer differs from the recorded one. */
    private List<String> attempt(Exchange exchange) {
        JsonNode recorded = exchange.response();
        Answer answer = send(exchange);
        boolean watched = recorded.has("events");
        JsonNode body = watched ? events(answer.body()) : answer.body();
        JsonNode wanted = watched ? recorded.path("events") : recorded.path("body");
        learn(wanted, body);
        if (exchange.request().at("/body/metadata/generateName").isTextual()) {
            given.put(
                    wanted.at("/details/name").asText(),
                    body.at("/details/name").asText());
            given.remove("");
        }
        List<String> parts = new ArrayList<>();
        int code = recorded.path("code").asInt();
        if (code != answer.code()) {
            parts.add("code: recorded " + code + "; here " + answer.code());
        }
        JsonNode expected = normal(substituted(wanted));
        JsonNode here = normal(wanted.findValue(OWNERS) == null ? withoutOwners(body) : withoutControllers(body));
        JsonDifference.between(watched ? inOrder(expected) : expected, watched ? inOrder(here) : here, "", parts);
        if (!exchange.request().path("path").asText().contains("/namespaces/")) {
            parts.removeIf(part -> SERVED_BY_ONE.matcher(part).find());
        }
        for (String header : recorded.has("headers") ? HEADERS : List.<String>of()) {
            String before = recorded.path("headers").path(header).asText();
            String now = answer.headers().getOrDefault(header, "");
            if (!before.equals(now)) {
                parts.add("header " + header + ": recorded '" + before + "'; here '" + now + "'");
            }
        }
        return parts;
    }

    /** The recorder has left out who owns which field, but where that was its subject. */
    private static JsonNode withoutOwners(JsonNode body) {
        JsonNode copy = body.deepCopy();
        copy.findParents(OWNERS).forEach(parent -> ((ObjectNode) parent).remove(OWNERS));
        return copy;
    }

    /** In the recording the requests came faster than the controllers wrote. */
    private static JsonNode withoutControllers(JsonNode body) {
        JsonNode copy = body.deepCopy();
        copy.findValues(OWNERS).forEach(owners -> {
            for (Iterator<JsonNode> each = owners.iterator(); each.hasNext(); ) {
                if (each.next().path("manager").asText().startsWith(CONTROLLERS)) {
                    each.remove();
                }
            }
        });
        return copy;
    }

    /** As a client does, it tries again when a controller has written in between. */
    private Answer send(Exchange exchange) {
        JsonNode request = exchange.request();
        Answer answer = sendOnce(exchange, substituted(request.path("body")));
        boolean conflict =
                answer.code() == 409 && exchange.response().path("code").asInt() != 409;
        for (int i = 0;
                i < CONFLICTS
                        && conflict
                        && request.at("/body/metadata/resourceVersion").isTextual();
                i++) {
            ObjectNode body = substituted(request.path("body")).deepCopy();
            String path =
                    substituted(request.path("path").asText()).replaceAll("(/[^/?]+/[^/?]+)/(status|scale)", "$1");
            body.withObject("/metadata").set("resourceVersion", http.get(path).at("/metadata/resourceVersion"));
            answer = sendOnce(exchange, body);
            conflict = answer.code() == 409;
        }
        return answer;
    }

    private Answer sendOnce(Exchange exchange, JsonNode body) {
        JsonNode request = exchange.request();
        String path = substituted(request.path("path").asText()).replace("{ns}", namespace);
        path = LONG_WATCH.matcher(path).replaceAll("timeoutSeconds=5");
        for (Map.Entry<String, String> version : versions.entrySet()) {
            path = path.replaceAll(
                    "resourceVersion=" + version.getKey() + "\\b", "resourceVersion=" + version.getValue());
        }
        for (Map.Entry<String, String> token : tokens.entrySet()) {
            path = path.replaceAll(
                    "continue=" + Pattern.quote(token.getKey()) + "[^&]*", "continue=" + token.getValue());
        }
        @Nullable String text = null;
        if (body.isTextual()) {
            text = body.asText();
        } else if (!body.isMissingNode()) {
            text = asSent(body);
        } else if (exchange.note().equals("ConfigMap of more than 1 MiB")) {
            text = "{\"metadata\":{\"name\":\"big\"},\"data\":{\"a\":\"" + "x".repeat((1 << 20) + 1) + "\"}}";
        }
        Map<String, String> headers = new HashMap<>();
        request.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        if (exchange.note().equals("without a client certificate")) {
            headers.putIfAbsent("Authorization", "");
        }
        @Nullable String contentType = request.path("contentType").asText(null);
        return http.call(request.path("method").asText(), path, contentType, text, headers);
    }

    /** Some answers quote the body: the recorder wrote a space after each comma and colon. */
    private static String asSent(JsonNode body) {
        try {
            return Http.JSON.writer(new Spaced()).writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Spaced extends MinimalPrettyPrinter {
        private static final long serialVersionUID = 1L;

        @Override
        public void writeObjectFieldValueSeparator(JsonGenerator out) throws IOException {
            out.writeRaw(": ");
        }

        @Override
        public void writeObjectEntrySeparator(JsonGenerator out) throws IOException {
            out.writeRaw(", ");
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
            out.writeRaw(", ");
        }
    }

    /** The lines of a watch's body. */
    private static JsonNode events(JsonNode body) {
        ArrayNode events = JsonNodeFactory.instance.arrayNode();
        if (body.isObject()) {
            return events.add(body);
        }
        for (String line : body.asText().lines().toList()) {
            if (!line.isBlank()) {
                try {
                    events.add(Http.JSON.readTree(line));
                } catch (JsonProcessingException e) {
                    events.add(line);
                }
            }
        }
        return events;
    }

    /** A watch begins with what there is, in any order; and there may be any number of bookmarks. */
    private static JsonNode inOrder(JsonNode events) {
        List<JsonNode> first = new ArrayList<>();
        ArrayNode rest = JsonNodeFactory.instance.arrayNode();
        String previous = "";
        for (JsonNode event : events) {
            String type = event.path("type").asText();
            if (rest.isEmpty() && type.equals("ADDED")) {
                first.add(event);
            } else if (!type.equals("BOOKMARK") || !previous.equals("BOOKMARK")) {
                rest.add(event);
            }
            previous = type;
        }
        first.sort(
                Comparator.comparing(event -> event.at("/object/metadata/name").asText()));
        return JsonNodeFactory.instance.arrayNode().addAll(first).addAll(rest);
    }

    private void learn(JsonNode recorded, JsonNode actual) {
        JsonNode old = recorded.path("metadata");
        JsonNode now = actual.path("metadata");
        if (old.has("uid") && now.has("uid")) {
            given.put(old.get("uid").asText(), now.get("uid").asText());
        }
        if (old.has("generateName") && now.has("name")) {
            given.put(old.get("name").asText(), now.get("name").asText());
        }
        if (old.has("resourceVersion") && now.has("resourceVersion")) {
            versions.put(
                    old.get("resourceVersion").asText(),
                    now.get("resourceVersion").asText());
        }
        String token = old.path("continue").asText();
        if (!token.isEmpty()) {
            tokens.put(
                    token.substring(0, Math.min(48, token.length())),
                    now.path("continue").asText());
        }
    }

    private JsonNode substituted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            object.properties().forEach(field -> {
                boolean version = field.getKey().equals("resourceVersion");
                String text = field.getValue().asText();
                result.set(
                        field.getKey(),
                        version && versions.containsKey(text)
                                ? JsonNodeFactory.instance.textNode(versions.get(text))
                                : substituted(field.getValue()));
            });
            return result;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            array.forEach(one -> result.add(substituted(one)));
            return result;
        }
        return node.isTextual() ? JsonNodeFactory.instance.textNode(substituted(node.asText())) : node;
    }

    private String substituted(String text) {
        return Names.replace(text, given);
    }

    /** How far the controllers have come, in the status of a Deployment and of its scale, is compared where it is watched. */
    private static JsonNode normal(JsonNode node) {
        if (node instanceof ObjectNode object) {
            boolean deployment = object.path("kind").asText().equals("Deployment");
            boolean scaled = object.has("selector") && object.path("replicas").isNumber() && object.size() == 2;
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            Set<String> names = new TreeSet<>();
            object.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                JsonNode field = object.path(name);
                boolean written =
                        (deployment && name.equals("status")) || (scaled && name.equals("replicas")) || field.isNull();
                if (!NOT_COMPARED.contains(name) && !written) {
                    boolean podStatus = name.equals("status") && field.has("phase") && field.has("qosClass");
                    JsonNode value = normal(podStatus ? ofOthers(field) : keyed(name, withoutToken(name, field)));
                    boolean emptied = value.isEmpty()
                            && Set.of("annotations", "volumes", "volumeMounts").contains(name);
                    if (!emptied) {
                        result.set(name, value);
                    }
                }
            }
            return result;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            array.forEach(one -> {
                boolean certificate = one.at("/metadata/name").asText().equals(History.CERTIFICATE)
                        || one.at("/object/metadata/name").asText().equals(History.CERTIFICATE);
                if (!certificate) {
                    result.add(normal(one));
                }
            });
            return result;
        }
        return node.isTextual() ? JsonNodeFactory.instance.textNode(normal(node.asText())) : node;
    }

    private static String normal(String text) {
        if (AGE.matcher(text).matches()) {
            return "AGE";
        }
        String timeless = TIME.matcher(text).replaceAll("TIME");
        String anonymous = UID.matcher(timeless).replaceAll("UID");
        anonymous = HASH.matcher(anonymous).replaceAll("hash=");
        String unversioned = VERSION.matcher(anonymous).replaceAll("$1N");
        unversioned = VERSION.matcher(unversioned).replaceAll("$1N");
        return POINTER.matcher(unversioned).replaceAll("(*bool)(ADDRESS)");
    }

    /** Of a pod's status, what is not the kubelet's: how far that has come is compared where it is watched. */
    private static JsonNode ofOthers(JsonNode status) {
        ArrayNode conditions = JsonNodeFactory.instance.arrayNode();
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().contains("/")) {
                conditions.add(condition);
            }
        }
        return JsonNodeFactory.instance.objectNode().set("conditions", conditions);
    }

    /** In discovery the order is free, and each resource is compared with its namesake. */
    private static JsonNode keyed(String name, JsonNode value) {
        boolean discovery =
                Set.of("resources", "subresources", "groups", "items").contains(name)
                        && (value.path(0).has("verbs")
                                || value.path(0).has("versions")
                                || value.path(0).has("subresource"));
        if (discovery) {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            value.forEach(each -> result.set(
                    each.path("name")
                            .asText(each.path("resource")
                                    .asText(each.path("subresource")
                                            .asText(each.at("/metadata/name").asText()))),
                    each));
            return result;
        }
        if (name.equals("verbs") || (name.equals("paths") && value.isArray())) {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            value.forEach(each -> result.put(each.asText(), true));
            return result;
        }
        return value;
    }

    /** The real server mounts a token of the service account into each pod. */
    private static JsonNode withoutToken(String name, JsonNode value) {
        if (!name.equals("volumes") && !name.equals("volumeMounts")) {
            return value;
        }
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        value.forEach(one -> {
            if (!one.path("name").asText().startsWith("kube-api-access")) {
                result.add(one);
            }
        });
        return result;
    }
}
