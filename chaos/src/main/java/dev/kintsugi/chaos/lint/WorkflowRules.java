package dev.kintsugi.chaos.lint;

import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.Tree;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What goes wrong with a Workflow: templates that are named and not there, or there and never named, and steps that never end, so
 * that nothing behind them begins.
 */
final class WorkflowRules {
    private static final int MAX_NAME = 51;

    private record Template(Tree tree, String path) {}

    private final String path;
    private final List<Part> parts;
    private final Findings findings;
    private final Map<String, Template> templates = new LinkedHashMap<>();

    private WorkflowRules(String path, List<Part> parts, Findings findings) {
        this.path = path;
        this.parts = parts;
        this.findings = findings;
    }

    /** Looks at a workflow whose fields are at {@code path}. */
    static void look(Tree workflow, String path, List<Part> parts, Findings findings) {
        WorkflowRules rules = new WorkflowRules(path, parts, findings);
        int number = 0;
        for (Tree template : workflow.at("templates").elements()) {
            String place = path + ".templates[" + number++ + "]";
            String name = template.at("name").text("");
            if (rules.templates.putIfAbsent(name, new Template(template, place)) != null) {
                findings.error(place + ".name", "a second template " + name, "give each template a name of its own");
            }
        }
        rules.reach(workflow.at("entry").text(""));
        rules.templates.values().forEach(rules::template);
    }

    /** The nodes of a Workflow append a random part to its name, and must fit into a label. */
    static void name(String name, Findings findings) {
        if (name.length() > MAX_NAME) {
            findings.error(
                    "metadata.name",
                    "has " + name.length() + " characters, and a Workflow can have " + MAX_NAME,
                    "choose a shorter name");
        }
    }

    private void reach(String entry) {
        if (!templates.containsKey(entry)) {
            findings.error(path + ".entry", "there is no template " + entry, known());
            return;
        }
        Set<String> reached = new HashSet<>(Set.of(entry));
        Deque<String> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            Template template = templates.get(open.pop());
            if (template != null) {
                children(template).stream().filter(reached::add).forEach(open::push);
            }
        }
        templates.forEach((name, template) -> {
            if (!reached.contains(name)) {
                findings.warning(
                        template.path + ".name",
                        "template " + name + " is never reached from " + entry,
                        "name it among the children of another, or leave it out");
            }
            if (isOwnAncestor(name)) {
                findings.error(
                        template.path + ".children",
                        "template " + name + " contains itself, so that it never ends",
                        "break the circle");
            }
        });
    }

    private boolean isOwnAncestor(String name) {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(name));
        while (!open.isEmpty()) {
            Template template = templates.get(open.pop());
            for (String child : template == null ? List.<String>of() : children(template)) {
                if (child.equals(name)) {
                    return true;
                }
                if (seen.add(child)) {
                    open.push(child);
                }
            }
        }
        return false;
    }

    private static List<String> children(Template template) {
        List<String> children =
                new java.util.ArrayList<>(template.tree.at("children").texts());
        template.tree.at("conditionalBranches").elements().stream()
                .map(branch -> branch.at("target").text(""))
                .forEach(children::add);
        return children;
    }

    private void template(Template template) {
        Tree tree = template.tree;
        String type = tree.at("templateType").text("");
        for (String child : children(template)) {
            if (!templates.containsKey(child)) {
                findings.error(template.path + ".children", "there is no template " + child, known());
            }
        }
        boolean bounded = !tree.at("deadline").text("").isEmpty();
        switch (type) {
            case "Serial", "Parallel" -> {
                if (tree.at("children").elements().isEmpty()) {
                    findings.error(template.path + ".children", type + " without children does nothing", known());
                }
            }
            case "Suspend" -> {
                if (!bounded) {
                    endless(template, "Suspend waits for its deadline, and it has none");
                }
            }
            case "Schedule" -> ScheduleRules.look(tree.at("schedule"), template.path + ".schedule", parts, findings);
            default -> chaos(template, type, bounded);
        }
    }

    private void chaos(Template template, String type, boolean bounded) {
        if (!type.endsWith("Chaos")) {
            return;
        }
        if (!template.tree.at(Part.field(type)).exists()) {
            findings.error(
                    template.path + ".templateType",
                    "there is no " + Part.field(type) + " to inject",
                    "describe the fault in " + Part.field(type));
        } else if (!bounded
                && parts.stream().anyMatch(part -> part.path().startsWith(template.path + ".") && !part.isOneShot())) {
            endless(template, "without a deadline the fault is never taken back, and what comes after it never begins");
        }
    }

    private void endless(Template template, String problem) {
        findings.error(template.path + ".deadline", problem, "add a deadline such as 1m");
    }

    private String known() {
        return "name one of " + String.join(", ", templates.keySet());
    }
}
