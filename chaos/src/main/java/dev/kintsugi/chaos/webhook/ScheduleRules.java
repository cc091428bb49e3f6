package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Cron;
import java.time.Instant;
import java.util.List;

/** The rules of Schedule: its cron text, and the experiment in it as if it were a resource of its own. */
final class ScheduleRules {

    private ScheduleRules() {}

    static List<String> errors(Tree spec, Instant now) {
        FieldErrors errors = new FieldErrors();
        String schedule = spec.at("schedule").text("");
        try {
            Cron.parse(schedule);
        } catch (IllegalArgumentException e) {
            errors.invalid("spec.schedule", schedule, "parse schedule field error:" + e.getMessage());
        }
        String type = spec.at("type").text("");
        if (!type.equals("Workflow")) {
            Embedded.check(errors, "spec", type, spec, now);
        }
        return errors.all();
    }
}
