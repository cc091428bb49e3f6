package dev.kintsugi.chaos.lint;

import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What goes wrong with a Schedule, be it a resource or a template of a Workflow. A child that is neither one-shot nor has a
 * duration never finishes: with the policy Forbid, which is the default, it is the last one; with Allow they pile up.
 */
final class ScheduleRules {
    private static final String EVERY = "@every ";
    private static final int MAX_NAME = 57;

    private ScheduleRules() {}

    /**
     * Looks at a schedule.
     *
     * @param path where its fields are
     */
    static void look(Tree schedule, String path, List<Part> parts, Findings findings) {
        String type = schedule.at("type").text("");
        if (type.endsWith("Chaos")) {
            schedule.map().keySet().stream()
                    .filter(key -> key.endsWith("Chaos") && !key.equals(Part.field(type)))
                    .forEach(key -> findings.warning(
                            path + "." + key, "ignored: the type is " + type, "leave it out, or correct the type"));
            if (!schedule.at(Part.field(type)).exists()) {
                findings.error(
                        path + ".type",
                        "there is no " + Part.field(type) + " to start",
                        "describe the fault in " + path + "." + Part.field(type));
            }
        }
        boolean forbid = !schedule.at("concurrencyPolicy").text("Forbid").equals("Allow");
        for (Part part : parts) {
            if (part.setting() == Part.Setting.SCHEDULE && part.path().startsWith(path + ".")) {
                child(schedule, part, forbid, findings);
            }
        }
    }

    private static void child(Tree schedule, Part child, boolean forbid, Findings findings) {
        if (child.isOneShot()) {
            return;
        }
        Optional<Duration> duration = child.duration();
        if (!child.spec().at("duration").exists()) {
            findings.error(
                    child.path("duration"),
                    forbid
                            ? "the schedule blocks itself: without a duration the first experiment never finishes, and"
                                    + " concurrencyPolicy Forbid starts no other"
                            : "without a duration no experiment finishes, and each run adds another",
                    "add a duration that is shorter than the interval");
        } else if (forbid
                && duration.isPresent()
                && interval(schedule)
                        .filter(every -> duration.get().compareTo(every) >= 0)
                        .isPresent()) {
            findings.warning(
                    child.path("duration"),
                    "as long as the interval or longer: runs are left out while the one before lasts",
                    "give a duration that is shorter than the interval");
        }
    }

    private static Optional<Duration> interval(Tree schedule) {
        String text = schedule.at("schedule").text("");
        try {
            return text.startsWith(EVERY)
                    ? Optional.of(
                            GoDuration.parse(text.substring(EVERY.length()).strip()))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The names of the children append a random part, and must fit into a label. */
    static void name(String name, Findings findings) {
        if (name.length() > MAX_NAME) {
            findings.error(
                    "metadata.name",
                    "has " + name.length() + " characters, and a Schedule can have " + MAX_NAME,
                    "choose a shorter name");
        }
    }
}
