package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the mutating webhooks fill in. Selectors without namespaces get the resource's own; a missing direction becomes
 * {@code to}, a missing correlation {@code 0}, a missing jitter {@code 0ms}; time chaos gets a clock, JVM chaos a name and the
 * port of the agent, a StatusCheck its mode, a Schedule its concurrency policy. What is inside a Schedule or a Workflow is left
 * alone: it is filled in when it becomes a resource of its own.
 */
final class Defaults {
    /** An int as JSON has it, so that what was stored equals what is filled in again. */
    private static final int JVM_AGENT_PORT = 9277;

    private Defaults() {}

    static Map<String, Object> schedule(Tree given) {
        Map<String, Object> spec = new LinkedHashMap<>(given.map());
        text(spec, "concurrencyPolicy", "Forbid");
        return spec;
    }

    static Map<String, Object> statusCheck(Tree given) {
        Map<String, Object> spec = new LinkedHashMap<>(given.map());
        text(spec, "mode", "Synchronous");
        return spec;
    }

    static Map<String, Object> experiment(Kind kind, Tree given, String namespace, Instant now) {
        Map<String, Object> spec = new LinkedHashMap<>(given.map());
        namespaces(spec, namespace);
        switch (kind) {
            case NETWORK_CHAOS -> network(spec, namespace);
            case TIME_CHAOS -> {
                if (new Tree(spec.get("clockIds")).elements().isEmpty()) {
                    spec.put("clockIds", new ArrayList<>(List.of("CLOCK_REALTIME")));
                }
            }
            case JVM_CHAOS -> jvm(spec, now);
            default -> {}
        }
        return spec;
    }

    private static void network(Map<String, Object> spec, String namespace) {
        if (new Tree(spec.get("target")).exists()) {
            Map<String, Object> target = new LinkedHashMap<>(new Tree(spec.get("target")).map());
            namespaces(target, namespace);
            spec.put("target", target);
        }
        text(spec, "direction", "to");
        for (String part : List.of("delay", "loss", "duplicate", "corrupt")) {
            networkPart(spec, part);
        }
    }

    private static void networkPart(Map<String, Object> spec, String name) {
        if (!new Tree(spec.get(name)).exists()) {
            return;
        }
        Map<String, Object> part = new LinkedHashMap<>(new Tree(spec.get(name)).map());
        text(part, "correlation", "0");
        if (name.equals("delay")) {
            text(part, "jitter", "0ms");
            if (new Tree(part.get("reorder")).exists()) {
                Map<String, Object> reorder = new LinkedHashMap<>(new Tree(part.get("reorder")).map());
                text(reorder, "correlation", "0");
                part.put("reorder", reorder);
            }
        }
        spec.put(name, part);
    }

    private static void jvm(Map<String, Object> spec, Instant now) {
        Tree given = new Tree(spec);
        text(
                spec,
                "name",
                String.join(
                        "-",
                        given.at("class").text(""),
                        given.at("method").text(""),
                        given.at("action").text(""),
                        Long.toString(now.getEpochSecond())));
        if (given.at("port").number(0) == 0) {
            spec.put("port", JVM_AGENT_PORT);
        }
    }

    private static void namespaces(Map<String, Object> podSelector, String namespace) {
        Map<String, Object> selector = new LinkedHashMap<>(new Tree(podSelector.get("selector")).map());
        if (new Tree(selector.get("namespaces")).elements().isEmpty()) {
            selector.put("namespaces", new ArrayList<>(List.of(namespace)));
        }
        podSelector.put("selector", selector);
    }

    private static void text(Map<String, Object> map, String field, String value) {
        if (new Tree(map.get(field)).text("").isEmpty()) {
            map.put(field, value);
        }
    }
}
