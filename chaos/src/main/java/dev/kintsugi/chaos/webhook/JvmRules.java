package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;

/** What each action of JVMChaos needs. */
final class JvmRules {
    private final FieldErrors errors;
    private final Tree spec;

    private JvmRules(FieldErrors errors, Tree spec) {
        this.errors = errors;
        this.spec = spec;
    }

    static void check(FieldErrors errors, Tree spec) {
        JvmRules rules = new JvmRules(errors, spec);
        String action = spec.at("action").text("");
        switch (action) {
            case "stress" -> rules.stress();
            case "gc" -> {}
            case "exception", "return", "latency" -> rules.method(action);
            case "ruleData" -> rules.require(rules.has("ruleData"), "rule data not provide");
            case "mysql" -> rules.mysql();
            case "" -> rules.require(false, "action not provided");
            default ->
                rules.require(
                        false,
                        "action " + action + " not supported, action can be 'latency', 'exception', 'return',"
                                + " 'stress', 'gc' or 'ruleData'");
        }
    }

    private void stress() {
        boolean cpu = spec.at("cpuCount").number(0) > 0;
        String memory = spec.at("memType").text("");
        require(
                spec.at("cpuCount").number(0) != 0 || !memory.isEmpty(),
                "must set one of cpu-count and mem-type when action is 'stress'");
        require(!cpu || memory.isEmpty(), "inject stress on both CPU and memory is not support now");
        require(
                memory.isEmpty() || memory.equals("stack") || memory.equals("heap"),
                "value should be 'stack' or 'heap'");
    }

    private void method(String action) {
        require(has("class"), "class not provided");
        require(has("method"), "method not provided");
        switch (action) {
            case "exception" -> require(has("exception"), "exception not provided");
            case "return" -> require(has("returnValue"), "value not provided");
            default -> require(spec.at("latency").number(0) != 0, "latency not provided");
        }
    }

    private void mysql() {
        String version = spec.at("mysqlConnectorVersion").text("");
        if (version.isEmpty()) {
            require(false, "MySQL connector version not provided");
        } else {
            require(
                    version.equals("5") || version.equals("8"),
                    "MySQL connector version only support 5.X.X(set to 5) and 8.X.X(set to 8)");
        }
        require(has("exception") || spec.at("latency").number(0) != 0, "must set one of exception or latency");
    }

    private boolean has(String field) {
        return !spec.at(field).text("").isEmpty();
    }

    private void require(boolean holds, String rule) {
        if (!holds) {
            errors.invalid("Spec", spec.map(), rule);
        }
    }
}
