package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.node.simulation.Simulation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Does what a recording says in words: the requests that kubectl makes, and what was done on a machine. */
final class Deeds implements AutoCloseable {

    private static final Pattern KILL = Pattern.compile("kill -9 \\d+ \\(main process of pod (\\S+)\\)");
    private static final Pattern EXHAUST = Pattern.compile("touch /www/go in pod (\\S+): .*");
    private static final Pattern FAIL = Pattern.compile("rm /www/(ready|alive) in pod (\\S+) .*");
    private static final Pattern MEND = Pattern.compile("file /www/ready written again in pod (\\S+)");
    private static final Pattern RESTART = Pattern.compile("kubectl .*rollout restart deployment/(\\S+)");
    private static final Pattern UNDO = Pattern.compile("kubectl .*rollout undo deployment/(\\S+)");
    private static final Pattern DRAIN = Pattern.compile("kubectl .*drain (\\S+) --pod-selector=(\\S+).*");
    private static final Pattern UNCORDON = Pattern.compile("kubectl .*uncordon (\\S+)");
    private static final Pattern SILENCE = Pattern.compile("node\\.sh kill (\\d+).*");
    private static final Pattern RESTORE = Pattern.compile("node\\.sh up (\\d+).*");

    private static final Pattern DEFINE = Pattern.compile("create of the CRD (\\S+)");
    private static final Pattern CREATED = Pattern.compile("CRDs created.*");
    private static final Pattern REMOVE = Pattern.compile("CRD (\\S+) deleted.*");
    private static final Pattern RACE = Pattern.compile("PATCH of the budget .* at the same time.*");

    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String BUDGETS = "/apis/policy/v1/namespaces/%s/poddisruptionbudgets";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/%s/deployments/%s";

    private final ReplayCluster cluster;
    private final Http http;
    private final String namespace;
    private final Map<Pattern, Consumer<MatchResult>> deeds;
    private volatile boolean racing = true;
    private int kills;

    Deeds(ReplayCluster cluster, Http http, String namespace) {
        this.cluster = cluster;
        this.http = http;
        this.namespace = namespace;
        this.deeds = deeds();
    }

    /**
     * Does it; returns when it is done.
     *
     * @throws IllegalArgumentException when it is not known how
     */
    void perform(String action) {
        for (Map.Entry<Pattern, Consumer<MatchResult>> deed : deeds.entrySet()) {
            Matcher match = deed.getKey().matcher(action);
            if (match.matches()) {
                deed.getValue().accept(match);
                return;
            }
        }
        throw new IllegalArgumentException("it is not known how to do this: " + action);
    }

    private Map<Pattern, Consumer<MatchResult>> deeds() {
        Map<Pattern, Consumer<MatchResult>> known = new LinkedHashMap<>();
        known.put(KILL, match -> simulate(match.group(1), "killed #" + ++kills));
        known.put(EXHAUST, match -> simulate(match.group(1), "out of memory"));
        known.put(FAIL, match -> {
            boolean ready = match.group(1).equals("ready");
            simulate(match.group(2), ready ? "fails readiness with 404" : "fails liveness with 404 until restarted");
        });
        known.put(MEND, match -> simulate(match.group(1), null));
        known.put(RESTART, match -> restart(match.group(1)));
        known.put(UNDO, match -> undo(match.group(1)));
        known.put(DRAIN, match -> drain(match.group(1), match.group(2)));
        known.put(UNCORDON, match -> cordon(match.group(1), false));
        known.put(SILENCE, match -> cluster.nodes().silence("node" + match.group(1)));
        known.put(RESTORE, match -> cluster.nodes().restore("node" + match.group(1)));
        known.put(DEFINE, match -> define(match.group(1)));
        known.put(REMOVE, match -> remove(match.group(1)));
        known.put(RACE, match -> keepChangingTheBudget());
        known.put(CREATED, match -> {});
        return known;
    }

    /** Does what was done while a request waited; a watch from a resource version shows it as well when it was done before. */
    void meanwhile(String note) {
        if (note.startsWith("watch with a label selector while w1 is created")) {
            String path = "/api/v1/namespaces/" + namespace + "/configmaps";
            ObjectNode object = Http.JSON.createObjectNode();
            object.putObject("metadata").put("name", "w1").putObject("labels").put("l", "1");
            object.putObject("data").put("a", "1");
            http.ask("POST", path, "application/json", object);
            for (String patch : List.of(
                    "{\"data\":{\"a\":\"2\"}}",
                    "{\"metadata\":{\"labels\":{\"l\":\"2\"}}}",
                    "{\"metadata\":{\"labels\":{\"l\":\"1\"}}}")) {
                http.call("PATCH", path + "/w1", Http.MERGE, patch, Map.of());
            }
            http.ask("DELETE", path + "/w1", null, null);
        }
    }

    /** Says so to the simulated container of a pod, see {@link Simulation}; a null takes back what was said. */
    private void simulate(String pod, @Nullable String what) {
        String path = "/api/v1/namespaces/" + namespace + "/pods/" + pod;
        String container = http.get(path).at("/spec/containers/0/name").asText();
        ObjectNode patch = Http.JSON.createObjectNode();
        patch.withObject("/metadata").withObject("/annotations").put(Simulation.ANNOTATION + container, what);
        http.ask("PATCH", path, Http.MERGE, patch);
    }

    private void restart(String deployment) {
        ObjectNode patch = Http.JSON.createObjectNode();
        patch.withObject("/spec/template/metadata/annotations")
                .put("kubectl.kubernetes.io/restartedAt", Instant.now().toString());
        http.ask("PATCH", DEPLOYMENTS.formatted(namespace, deployment), Http.STRATEGIC, patch);
    }

    /** The template of the ReplicaSet with the last revision but one takes the place of the present one. */
    private void undo(String deployment) {
        String path = DEPLOYMENTS.formatted(namespace, deployment);
        String uid = http.get(path).at("/metadata/uid").asText();
        List<JsonNode> sets = new ArrayList<>();
        for (JsonNode set : http.get("/apis/apps/v1/namespaces/" + namespace + "/replicasets")
                .path("items")) {
            if (set.at("/metadata/ownerReferences/0/uid").asText().equals(uid)) {
                sets.add(set);
            }
        }
        sets.sort(Comparator.comparing(set -> set.at("/metadata/annotations/deployment.kubernetes.io~1revision")
                .asInt()));
        ObjectNode template = sets.get(sets.size() - 2).at("/spec/template").deepCopy();
        template.withObject("/metadata").withObject("/labels").remove("pod-template-hash");
        ArrayNode patch = Http.JSON.createArrayNode();
        patch.addObject().put("op", "replace").put("path", "/spec/template").set("value", template);
        http.ask("PATCH", path, "application/json-patch+json", patch);
    }

    private void cordon(String node, boolean on) {
        ObjectNode patch = Http.JSON.createObjectNode();
        ObjectNode spec = patch.putObject("spec");
        if (on) {
            spec.put("unschedulable", true);
        } else {
            spec.putNull("unschedulable");
        }
        http.ask("PATCH", "/api/v1/nodes/" + node, Http.STRATEGIC, patch);
    }

    /** Cordons, evicts all selected pods at once and waits until they are gone. */
    private void drain(String node, String selector) {
        cordon(node, true);
        List<JsonNode> pods = new ArrayList<>();
        http.get("/api/v1/pods?labelSelector=" + selector.replace("=", "%3D") + "&fieldSelector=spec.nodeName%3D"
                        + node)
                .path("items")
                .forEach(pods::add);
        for (JsonNode pod : pods) {
            ObjectNode eviction = Http.JSON.createObjectNode();
            eviction.put("apiVersion", "policy/v1").put("kind", "Eviction");
            eviction.putObject("metadata")
                    .put("name", pod.at("/metadata/name").asText())
                    .put("namespace", pod.at("/metadata/namespace").asText());
            http.ask("POST", path(pod) + "/eviction", "application/json", eviction);
        }
        for (JsonNode pod : pods) {
            await(() -> http.call("GET", path(pod), null, null, Map.of()).code() == 404);
        }
    }

    private void define(String plural) {
        String file = "chaos-mesh.org_" + plural + ".yaml";
        try (InputStream shipped = Deeds.class.getResourceAsStream("/chaos-mesh/crds/" + file);
                InputStream in = shipped == null ? fixture(file) : shipped) {
            String definition = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            http.call("POST", DEFINITIONS, "application/yaml", definition, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await(() -> http.get(DEFINITIONS + "/" + plural + ".chaos-mesh.org")
                .toString()
                .contains("Established"));
    }

    private static InputStream fixture(String file) throws IOException {
        return new GZIPInputStream(
                Objects.requireNonNull(Deeds.class.getResourceAsStream("/recordings/" + file + ".gz")));
    }

    private void remove(String definition) {
        http.ask("DELETE", DEFINITIONS + "/" + definition, null, null);
        await(() -> http.call("GET", DEFINITIONS + "/" + definition, null, null, Map.of())
                        .code()
                == 404);
    }

    /** For ever, or until the namespace has gone: the next request is to meet a budget whose status is not up to date. */
    private void keepChangingTheBudget() {
        String path = BUDGETS.formatted(namespace);
        String budget = path + "/" + http.get(path).at("/items/0/metadata/name").asText();
        Thread thread = new Thread(() -> {
            for (int number = 0; racing; number = 1 - number) {
                changeBudget(budget, number);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether one counts those that may be unavailable or those that must be available, no eviction is allowed. */
    private void changeBudget(String budget, int number) {
        String spec = number == 0
                ? "{\"maxUnavailable\":0,\"minAvailable\":null}"
                : "{\"maxUnavailable\":null,\"minAvailable\":1}";
        try {
            http.call("PATCH", budget, Http.MERGE, "{\"spec\":" + spec + "}", Map.of());
        } catch (UncheckedIOException e) {
            racing = false;
        }
    }

    @Override
    public void close() {
        racing = false;
    }

    private static String path(JsonNode pod) {
        return "/api/v1/namespaces/" + pod.at("/metadata/namespace").asText() + "/pods/"
                + pod.at("/metadata/name").asText();
    }

    private static void await(BooleanSupplier condition) {
        Awaitility.await().pollInterval(Duration.ofMillis(50)).until(condition::getAsBoolean);
    }
}
