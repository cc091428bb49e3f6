package dev.kintsugi.chaos.manifest;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One fault of a manifest.
 *
 * @param kind such as {@code PodChaos}
 * @param spec its spec
 * @param path where that spec is written, such as {@code spec} or {@code spec.templates[1].networkChaos}
 * @param setting what it is part of
 */
public record Part(String kind, Tree spec, String path, Setting setting) {

    /** What a fault is part of, which decides when it ends and who chooses its victims. */
    public enum Setting {
        /** An experiment of its own. */
        EXPERIMENT,
        /** Started again and again by a Schedule. */
        SCHEDULE,
        /** Started by a Workflow, which ends it by the template's deadline. */
        WORKFLOW
    }

    /** {@code spec.action}; empty for kinds that have none. */
    public String action() {
        return spec.at("action").text(kind.equals("PodChaos") ? "pod-kill" : "");
    }

    /** What is done, for a reader: {@code PodChaos pod-kill}. */
    public String describe() {
        return action().isEmpty() ? kind : kind + " " + action();
    }

    /** Killing happens once and is not taken back, so that neither duration nor pause count. */
    public boolean isOneShot() {
        return kind.equals("PodChaos") && (action().equals("pod-kill") || action().equals("container-kill"));
    }

    /** Whether its targets are containers; else they are pods. */
    public boolean hitsContainers() {
        return switch (kind) {
            case "PodChaos" -> action().equals("container-kill");
            case "StressChaos", "IOChaos", "DNSChaos", "TimeChaos", "JVMChaos" -> true;
            default -> false;
        };
    }

    /** Whether it chooses pods; faults of clouds and machines do not. */
    public boolean hitsPods() {
        return switch (kind) {
            case "AWSChaos", "AzureChaos", "GCPChaos", "PhysicalMachineChaos", "BlockChaos" -> false;
            default -> true;
        };
    }

    /** Its duration, if there is one that can be read. */
    public Optional<Duration> duration() {
        String text = spec.at("duration").text("");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(GoDuration.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The path of one of its fields. */
    public String path(String field) {
        return path + "." + field;
    }

    static List<Part> of(Manifest manifest) {
        Tree spec = manifest.tree().at("spec");
        List<Part> parts = new ArrayList<>();
        switch (manifest.kind()) {
            case "Schedule" -> addTo(parts, spec.at("type").text(""), spec, "spec", Setting.SCHEDULE);
            case "Workflow" -> templates(parts, spec, "spec");
            default -> {
                if (manifest.kind().endsWith("Chaos")) {
                    parts.add(new Part(manifest.kind(), spec, "spec", Setting.EXPERIMENT));
                }
            }
        }
        return List.copyOf(parts);
    }

    private static void templates(List<Part> parts, Tree workflow, String path) {
        int number = 0;
        for (Tree template : workflow.at("templates").elements()) {
            String place = path + ".templates[" + number++ + "]";
            String type = template.at("templateType").text("");
            if (type.equals("Schedule")) {
                Tree schedule = template.at("schedule");
                addTo(parts, schedule.at("type").text(""), schedule, place + ".schedule", Setting.SCHEDULE);
            } else {
                addTo(parts, type, template, place, Setting.WORKFLOW);
            }
        }
    }

    private static void addTo(List<Part> parts, String type, Tree around, String path, Setting setting) {
        if (type.equals("Workflow")) {
            templates(parts, around.at("workflow"), path + ".workflow");
        } else if (type.endsWith("Chaos")) {
            String field = field(type);
            if (around.at(field).exists()) {
                parts.add(new Part(type, around.at(field), path + "." + field, setting));
            }
        }
    }

    /** The field that holds the spec of a kind within a Schedule or a template: {@code podChaos}, {@code ioChaos}. */
    public static String field(String kind) {
        return kind.equals("PhysicalMachineChaos")
                ? "physicalmachineChaos"
                : kind.substring(0, kind.length() - "Chaos".length()).toLowerCase(Locale.ROOT) + "Chaos";
    }
}
