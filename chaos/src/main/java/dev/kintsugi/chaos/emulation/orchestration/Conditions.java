package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Conditions of workflows and their nodes: type, status and reason, the changed one last. */
final class Conditions {
    private Conditions() {}

    static boolean isTrue(Tree status, String type) {
        return is(status, type, "True");
    }

    static boolean is(Tree status, String type, String value) {
        return status.at("conditions").elements().stream()
                .anyMatch(condition -> condition.at("type").text("").equals(type)
                        && condition.at("status").text("").equals(value));
    }

    /** A status with this condition. One that is so already stays where it is. */
    static Map<String, Object> with(Map<String, Object> status, String type, boolean value, String reason) {
        Map<String, Object> condition = new LinkedHashMap<>();
        condition.put("type", type);
        condition.put("status", value ? "True" : "False");
        condition.put("reason", reason);
        List<Object> conditions = new ArrayList<>();
        for (Tree known : new Tree(status).at("conditions").elements()) {
            if (known.map().equals(condition)) {
                return status;
            }
            if (!known.at("type").text("").equals(type)) {
                conditions.add(known.map());
            }
        }
        conditions.add(condition);
        Map<String, Object> changed = new LinkedHashMap<>(status);
        changed.put("conditions", conditions);
        return changed;
    }
}
