package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules of Workflow: an entry that is there, templates with unique names that Kubernetes takes, children that are there, and
 * in each template only what belongs to its type. An experiment in a template has no duration: the template's deadline counts.
 */
final class WorkflowRules {
    private static final String SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
    private static final Pattern NAME = Pattern.compile(SUBDOMAIN);
    private static final int MAX_NAME = 253;

    private final FieldErrors errors = new FieldErrors();
    private final List<Tree> templates;
    private final Instant now;

    private WorkflowRules(List<Tree> templates, Instant now) {
        this.templates = templates;
        this.now = now;
    }

    static List<String> errors(Tree spec, Instant now) {
        WorkflowRules rules = new WorkflowRules(spec.at("templates").elements(), now);
        rules.entry(spec.at("entry").text(""));
        rules.templates();
        return rules.errors.all();
    }

    private void entry(String entry) {
        if (entry.isEmpty()) {
            errors.required("spec.entry", "the entry of workflow is required");
        }
        mustExist("spec.entry", entry);
    }

    private void mustExist(String path, String name) {
        if (templates.stream().noneMatch(template -> name(template).equals(name))) {
            errors.invalid(path, name, "can not find a template with name " + name);
        }
    }

    private void templates() {
        if (templates.isEmpty()) {
            errors.invalid("spec.templates", List.of(), "templates in workflow could not be empty");
            return;
        }
        TreeMap<String, Integer> counts = new TreeMap<>();
        templates.forEach(template -> counts.merge(name(template), 1, Integer::sum));
        counts.values().removeIf(count -> count == 1);
        if (!counts.isEmpty()) {
            errors.invalid(
                    "spec.templates",
                    "",
                    "template name must be unique, duplicated names: [" + String.join(" ", counts.keySet()) + "]");
        }
        for (int i = 0; i < templates.size(); i++) {
            template("spec.templates[" + i + "]", templates.get(i));
        }
    }

    private void template(String path, Tree template) {
        templateName(path + ".name", name(template));
        String type = template.at("templateType").text("");
        switch (type) {
            case "Suspend" -> {
                if (template.at("deadline").text("").isEmpty()) {
                    errors.invalid(
                            path + ".deadline",
                            template.at("deadline").value(),
                            "deadline in template with type Suspend could not be empty");
                }
                mustNotHave(path, template, Part.TASK, Part.CHILDREN, Part.BRANCHES, Part.CHAOS, Part.SCHEDULE);
            }
            case "Serial", "Parallel" -> {
                List<String> children = template.at("children").texts();
                for (int i = 0; i < children.size(); i++) {
                    mustExist(path + ".children[" + i + "]", children.get(i));
                }
                mustNotHave(path, template, Part.TASK, Part.BRANCHES, Part.CHAOS, Part.SCHEDULE);
            }
            case "Schedule" -> mustNotHave(path, template, Part.TASK, Part.CHILDREN, Part.BRANCHES, Part.CHAOS);
            case "Task" -> mustNotHave(path, template, Part.CHILDREN, Part.CHAOS, Part.SCHEDULE);
            case "StatusCheck" -> {
                mustNotHave(path, template, Part.TASK, Part.CHILDREN, Part.BRANCHES, Part.CHAOS, Part.SCHEDULE);
                statusCheck(path, template.at("statusCheck"));
            }
            default -> other(path, type, template);
        }
    }

    private void other(String path, String type, Tree template) {
        if (Embedded.field(type).isEmpty()) {
            errors.invalid(path + ".templateType", type, "unrecognized template type: " + type);
            return;
        }
        Tree chaos = template.at(Embedded.field(type).get());
        if (chaos.exists()) {
            duration(path, chaos.at("duration"));
        } else {
            errors.invalid(path + "." + type, null, "parse workflow field error: missing chaos spec " + type);
        }
        mustNotHave(path, template, Part.TASK, Part.CHILDREN, Part.BRANCHES, Part.SCHEDULE);
        Embedded.check(errors, path, type, template, now);
    }

    private void templateName(String path, String name) {
        if (name.isEmpty()) {
            errors.required(path, "name of template is required");
        }
        StringBuilder problems = new StringBuilder();
        if (name.length() > MAX_NAME) {
            problems.append("must be no more than ").append(MAX_NAME).append(" characters ");
        }
        if (!NAME.matcher(name).matches()) {
            problems.append("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or"
                    + " '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for"
                    + " validation is '" + SUBDOMAIN + "')");
        }
        if (!problems.isEmpty()) {
            errors.invalid(
                    path,
                    name,
                    "field name must be DNS-1123 subdomain, ["
                            + problems.toString().strip() + "]");
        }
    }

    private void statusCheck(String path, Tree statusCheck) {
        if (statusCheck.exists()) {
            StatusCheckRules.check(errors, statusCheck);
        } else {
            errors.invalid(path + ".statusCheck", null, "the detail of status check is required");
        }
    }

    private void duration(String path, Tree field) {
        String text = field.text("");
        if (text.isEmpty()) {
            return;
        }
        try {
            errors.invalid(
                    path,
                    new Shown(GoDuration.parse(text)),
                    "should not define duration in chaos when using Workflow, use Template#Deadline instead.");
        } catch (IllegalArgumentException e) {
            errors.invalid(path, "", String.valueOf(e.getMessage()));
        }
    }

    /** A duration as Go shows it: {@code 1m0s}. */
    private record Shown(Duration duration) {
        @Override
        public String toString() {
            String text = GoDuration.format(duration);
            String seconds = text.endsWith("m") || text.endsWith("h") ? text + "0s" : text;
            return seconds.replaceFirst("h(\\d+(\\.\\d+)?s)$", "h0m$1");
        }
    }

    /** What only some templates may have. */
    private enum Part {
        TASK("task", "Task"),
        CHILDREN("children", "Children"),
        BRANCHES("conditionalBranches", "ConditionalBranches"),
        CHAOS("", "any Chaos"),
        SCHEDULE("schedule", "Schedule");

        private final String field;
        private final String called;

        Part(String field, String called) {
            this.field = field;
            this.called = called;
        }

        private boolean isIn(Tree template) {
            return switch (this) {
                case CHAOS -> !Embedded.all(template).isEmpty();
                case CHILDREN, BRANCHES -> !template.at(field).elements().isEmpty();
                case TASK, SCHEDULE -> template.at(field).exists();
            };
        }

        private @Nullable Object shown(Tree template) {
            return this == CHAOS
                    ? Embedded.all(template).keySet()
                    : template.at(field).value();
        }
    }

    private void mustNotHave(String path, Tree template, Part... parts) {
        for (Part part : parts) {
            if (part.isIn(template)) {
                errors.invalid(path, part.shown(template), "this template should not contain " + part.called);
            }
        }
    }

    private static String name(Tree template) {
        return template.at("name").text("");
    }
}
