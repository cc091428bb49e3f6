package dev.kintsugi.chaos.emulation.orchestration;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;

/** Decides about the objects that set experiments going. */
public final class Orchestration {
    /** Label of what a Schedule has created: its name. */
    public static final String MANAGED_BY = "managed-by";

    /** Label of what a Workflow or one of its nodes has created: its name. */
    public static final String CONTROLLED_BY = "chaos-mesh.org/controlled-by";

    /** Label of everything that belongs to a Workflow: its name. */
    public static final String WORKFLOW = "chaos-mesh.org/workflow";

    /** The kinds that it decides about, with their plurals. */
    public static final Map<String, String> PLURALS = Map.of(
            "Schedule", "schedules",
            "Workflow", "workflows",
            "WorkflowNode", "workflownodes",
            "StatusCheck", "statuschecks");

    private final ZoneId zone;

    /** @param zone in which cron schedules are read that name none */
    public Orchestration(ZoneId zone) {
        this.zone = zone;
    }

    /** What is to be done about an object now. Asking again after it is done changes nothing more. */
    public Outcome next(Item object, World world, Instant now) {
        if (object.deleted()) {
            return Outcome.nothing();
        }
        return switch (object.kind()) {
            case "Schedule" -> new Schedules(object, world, now, zone).next();
            case "Workflow" -> new Workflows(object, world, now).next();
            case "WorkflowNode" -> new WorkflowNodes(object, world, now).next();
            case "StatusCheck" -> new StatusChecks(object, now).next();
            default -> Outcome.nothing();
        };
    }
}
