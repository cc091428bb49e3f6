package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.model.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Valid resources of every kind of Chaos Mesh that has rules, drawn by a seed. */
public final class RandomManifests {
    /** All that can be drawn. */
    public static final List<String> KINDS = List.of(
            "PodChaos",
            "NetworkChaos",
            "StressChaos",
            "HTTPChaos",
            "IOChaos",
            "DNSChaos",
            "TimeChaos",
            "KernelChaos",
            "JVMChaos",
            "Schedule",
            "Workflow",
            "StatusCheck");

    private static final List<Kind> EXPERIMENTS = List.of(Kind.values());

    /**
     * Where the experiments take place.
     *
     * @param namespace that all of them stand in and choose from
     * @param external an address for {@code externalTargets}
     * @param ports that HTTP faults are about
     * @param durations that an experiment may have
     * @param sizes of memory stress
     */
    public record Place(
            String namespace, String external, List<Integer> ports, List<String> durations, List<String> sizes) {
        /** Nowhere: nothing of it is carried out. */
        static final Place ON_PAPER = new Place(
                "shop",
                "10.1.2.3",
                List.of(1, 80, 8080, 65535),
                List.of("30s", "1m30s", "500ms", "1.5h"),
                List.of("64MiB", "50%", "1GB", "10B"));
    }

    private final SplittableRandom random;
    private final Place place;

    RandomManifests(long seed) {
        this(seed, Place.ON_PAPER);
    }

    public RandomManifests(long seed, Place place) {
        this.random = new SplittableRandom(seed);
        this.place = place;
    }

    Map<String, Object> next() {
        return next(KINDS.get(random.nextInt(KINDS.size())));
    }

    /** A resource of a kind. */
    public Map<String, Object> next(String kind) {
        Map<String, Object> resource = new HashMap<>();
        resource.put("apiVersion", "chaos-mesh.org/v1alpha1");
        resource.put("kind", kind);
        resource.put(
                "metadata", new HashMap<>(Map.of("name", "x" + random.nextInt(1000), "namespace", place.namespace())));
        resource.put(
                "spec",
                switch (kind) {
                    case "Schedule" -> schedule();
                    case "Workflow" -> workflow();
                    case "StatusCheck" -> statusCheck();
                    default -> experiment(Kind.of(kind).orElseThrow());
                });
        return resource;
    }

    private Map<String, Object> experiment(Kind kind) {
        Map<String, Object> spec = new HashMap<>(target());
        if (random.nextBoolean()) {
            spec.put("duration", one(place.durations()));
        }
        switch (kind) {
            case POD_CHAOS -> podChaos(spec);
            case NETWORK_CHAOS -> networkChaos(spec);
            case STRESS_CHAOS -> stressChaos(spec);
            case HTTP_CHAOS -> httpChaos(spec);
            case IO_CHAOS -> ioChaos(spec);
            case DNS_CHAOS -> {
                spec.put("action", one("error", "random"));
                spec.put("patterns", List.of("chaos-mesh.*"));
            }
            case TIME_CHAOS -> spec.put("timeOffset", one("-10m100ns", "1h", "0"));
            case KERNEL_CHAOS ->
                spec.put("failKernRequest", Map.of("failtype", random.nextInt(3), "probability", random.nextInt(101)));
            case JVM_CHAOS -> jvmChaos(spec);
        }
        return spec;
    }

    private Map<String, Object> target() {
        Map<String, Object> target = new HashMap<>();
        String mode = one("one", "all", "fixed", "fixed-percent");
        target.put("mode", mode);
        if (mode.startsWith("fixed")) {
            target.put("value", Integer.toString(random.nextInt(1, 101)));
        }
        Map<String, Object> selector = new HashMap<>();
        switch (random.nextInt(4)) {
            case 0 -> selector.put("labelSelectors", Map.of("app", "web"));
            case 1 -> selector.put("pods", Map.of(place.namespace(), List.of("web-0", "web-1")));
            case 2 ->
                selector.put(
                        "expressionSelectors",
                        List.of(Map.of("key", "app", "operator", "In", "values", List.of("web", "api"))));
            default -> selector.put("namespaces", new ArrayList<>(List.of(place.namespace())));
        }
        target.put("selector", selector);
        return target;
    }

    private void podChaos(Map<String, Object> spec) {
        String action = one("pod-kill", "pod-failure", "container-kill");
        spec.put("action", action);
        if (action.equals("container-kill")) {
            spec.put("containerNames", List.of("app"));
        } else if (action.equals("pod-kill")) {
            spec.put("gracePeriod", random.nextInt(60));
        }
    }

    private void networkChaos(Map<String, Object> spec) {
        String action = one("netem", "delay", "loss", "duplicate", "corrupt", "partition", "bandwidth");
        spec.put("action", action);
        boolean netem = action.equals("netem");
        if (netem || action.equals("delay")) {
            Map<String, Object> delay = new HashMap<>(
                    Map.of("latency", one("10ms", "1s"), "jitter", one("0ms", "5ms"), "correlation", percent()));
            if (random.nextBoolean()) {
                delay.put("reorder", Map.of("reorder", percent(), "correlation", "0", "gap", random.nextInt(1, 9)));
            }
            spec.put("delay", delay);
        }
        for (String part : List.of("loss", "duplicate", "corrupt")) {
            if (action.equals(part) || (netem && random.nextBoolean())) {
                spec.put(part, Map.of(part, percent(), "correlation", percent()));
            }
        }
        if (netem && random.nextBoolean()) {
            spec.put("rate", Map.of("rate", one("1mbps", "10 kbps")));
        }
        if (action.equals("bandwidth")) {
            spec.put("bandwidth", Map.of("rate", one("1mbps", "1gbps"), "limit", 20_000, "buffer", 10_000));
        }
        switch (random.nextInt(4)) {
            case 0 -> spec.put("direction", "to");
            case 1 -> spec.put("externalTargets", List.of(place.external()));
            default -> {
                spec.put("direction", one("to", "from", "both"));
                spec.put("target", target());
            }
        }
    }

    private void stressChaos(Map<String, Object> spec) {
        Map<String, Object> stressors = new HashMap<>();
        if (random.nextBoolean()) {
            stressors.put("cpu", Map.of("workers", random.nextInt(4), "load", random.nextInt(101)));
        }
        if (stressors.isEmpty() || random.nextBoolean()) {
            stressors.put("memory", Map.of("workers", random.nextInt(1, 4), "size", one(place.sizes())));
        }
        spec.put("stressors", stressors);
    }

    private void httpChaos(Map<String, Object> spec) {
        spec.put("target", one("Request", "Response"));
        spec.put("port", one(place.ports()));
        switch (random.nextInt(4)) {
            case 0 -> spec.put("abort", true);
            case 1 -> spec.put("delay", one("10s", "500ms"));
            case 2 -> spec.put("replace", Map.of("code", 404, "headers", Map.of("a", "b")));
            default -> spec.put("patch", Map.of("body", Map.of("type", "JSON", "value", "{}")));
        }
        if (random.nextBoolean()) {
            spec.put("method", one("GET", "POST"));
            spec.put("path", "/api/*");
        }
    }

    private void ioChaos(Map<String, Object> spec) {
        String action = one("latency", "fault", "attrOverride", "mistake");
        spec.put("action", action);
        spec.put("volumePath", "/var/data");
        spec.put("percent", random.nextInt(101));
        switch (action) {
            case "latency" -> spec.put("delay", "100ms");
            case "fault" -> spec.put("errno", random.nextInt(1, 40));
            case "attrOverride" -> spec.put("attr", Map.of("perm", 72));
            default -> spec.put("mistake", Map.of("filling", "zero", "maxOccurrences", 1, "maxLength", 10));
        }
    }

    private void jvmChaos(Map<String, Object> spec) {
        String action = one("latency", "return", "exception", "stress", "gc", "ruleData", "mysql");
        spec.put("action", action);
        switch (action) {
            case "latency" -> spec.putAll(Map.of("class", "Main", "method", "run", "latency", 100));
            case "return" -> spec.putAll(Map.of("class", "Main", "method", "run", "returnValue", "1"));
            case "exception" -> spec.putAll(Map.of("class", "Main", "method", "run", "exception", "new E()"));
            case "stress" -> spec.put(one("cpuCount", "memType"), random.nextInt(1, 9));
            case "ruleData" -> spec.put("ruleData", "RULE x");
            case "mysql" -> spec.putAll(Map.of("mysqlConnectorVersion", one("5", "8"), "latency", 100));
            default -> {}
        }
        if (spec.containsKey("memType")) {
            spec.put("memType", one("stack", "heap"));
        }
    }

    private Map<String, Object> schedule() {
        Kind kind = EXPERIMENTS.get(random.nextInt(EXPERIMENTS.size()));
        Map<String, Object> spec = new HashMap<>();
        spec.put("schedule", one("*/5 * * * *", "@every 1h2m", "@hourly", "*/10 * * * * *", "0 9 * * mon-fri"));
        spec.put("type", kind.text());
        spec.put(kind.field(), experiment(kind));
        spec.put("historyLimit", random.nextInt(1, 9));
        if (random.nextBoolean()) {
            spec.put("concurrencyPolicy", one("Forbid", "Allow"));
            spec.put("startingDeadlineSeconds", random.nextInt(100));
        }
        return spec;
    }

    private Map<String, Object> workflow() {
        List<Object> templates = new ArrayList<>();
        templates.add(template("entry", one("Serial", "Parallel"), Map.of("children", List.of("chaos", "wait"))));
        Kind kind = EXPERIMENTS.get(random.nextInt(EXPERIMENTS.size()));
        Map<String, Object> chaos = experiment(kind);
        chaos.remove("duration");
        templates.add(template("chaos", kind.text(), Map.of("deadline", "30s", kind.field(), chaos)));
        templates.add(template("wait", "Suspend", Map.of("deadline", one("5s", "1m"))));
        if (random.nextBoolean()) {
            templates.add(template("check", "StatusCheck", Map.of("statusCheck", statusCheck())));
            templates.add(template("cron", "Schedule", Map.of("deadline", "1h", "schedule", schedule())));
            templates.add(template(
                    "task",
                    "Task",
                    Map.of(
                            "task",
                            Map.of("container", Map.of("name", "main", "image", "busybox")),
                            "conditionalBranches",
                            List.of(Map.of("target", "wait", "expression", "exitCode == 0")))));
        }
        return new HashMap<>(Map.of("entry", "entry", "templates", templates));
    }

    private static Map<String, Object> template(String name, String type, Map<String, Object> more) {
        Map<String, Object> template = new HashMap<>(Map.of("name", name, "templateType", type));
        template.putAll(more);
        return template;
    }

    private Map<String, Object> statusCheck() {
        Map<String, Object> http = new HashMap<>();
        http.put("url", one("http://web.shop.svc:8080/health", "https://example.com"));
        http.put("criteria", Map.of("statusCode", one("200", "200-299")));
        Map<String, Object> spec = new HashMap<>();
        spec.put("type", "HTTP");
        spec.put("http", http);
        spec.put("intervalSeconds", random.nextInt(1, 60));
        if (random.nextBoolean()) {
            spec.put("mode", one("Synchronous", "Continuous"));
            spec.put("duration", "10m");
            spec.put("failureThreshold", random.nextInt(1, 5));
        }
        return spec;
    }

    private String percent() {
        return Integer.toString(random.nextInt(1, 101));
    }

    private String one(String... choices) {
        return one(List.of(choices));
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
