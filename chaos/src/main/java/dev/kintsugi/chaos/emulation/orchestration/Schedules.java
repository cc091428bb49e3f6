package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Cron;
import dev.kintsugi.chaos.model.Kind;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What becomes of a Schedule. Chaos Mesh has four controllers for it, which this decides for in one go: one creates experiments
 * when they are due, one keeps the list of what is there, one removes what exceeds the history, one hands a pause on to the children.
 */
final class Schedules {
    private static final int MAX_MISSED = 100;
    private static final String PAUSE = "experiment.chaos-mesh.org/pause";
    private static final String CRON = "schedule-cron";
    private static final String ACTIVE = "schedule-active";
    private static final String HISTORY = "schedule-gc";
    private static final String WORKFLOW = "Workflow";
    private static final DateTimeFormatter RFC_1123 =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT);

    private final Item schedule;
    private final Instant now;
    private final ZoneId zone;
    private final String type;
    private final List<Item> children;
    private final List<Change> changes = new ArrayList<>();
    private Optional<Instant> nextLook = Optional.empty();

    Schedules(Item schedule, World world, Instant now, ZoneId zone) {
        this.schedule = schedule;
        this.now = now;
        this.zone = zone;
        this.type = schedule.spec().at("type").text("");
        this.children = world.labelled(type, schedule.namespace(), Orchestration.MANAGED_BY, schedule.name()).stream()
                .sorted(Item.BY_AGE)
                .toList();
    }

    Outcome next() {
        active();
        history();
        pause();
        cron();
        return new Outcome(changes, nextLook);
    }

    /** What is there goes into the status, by name. */
    private void active() {
        List<Object> references = children.stream()
                .sorted(Comparator.comparing(Item::name))
                .<Object>map(Schedules::reference)
                .toList();
        if (!references.equals(schedule.status().at("active").value() instanceof List<?> known ? known : List.of())) {
            changes.add(new Change.EditStatus(schedule.ref(), status -> with(status, "active", references)));
            tell(Notice.updated(ACTIVE, "active"));
        }
    }

    private static Map<String, Object> reference(Item child) {
        Map<String, Object> reference = new LinkedHashMap<>();
        reference.put("apiVersion", child.apiVersion());
        reference.put("kind", child.kind());
        reference.put("name", child.name());
        reference.put("namespace", child.namespace());
        reference.put("resourceVersion", child.resourceVersion());
        reference.put("uid", child.uid());
        return reference;
    }

    /**
     * The oldest that exceed the limit are removed, but those that are known to end later are waited for. One that never ends by
     * itself is removed. No limit means none is kept.
     */
    private void history() {
        long exceeding = children.size() - schedule.spec().at("historyLimit").number(0);
        for (Item child : children.subList(0, (int) Math.max(0, Math.min(exceeding, children.size())))) {
            if (child.deleted()) {
                continue;
            }
            if (mayGo(child)) {
                changes.add(new Change.Delete(
                        child.ref(),
                        schedule.ref(),
                        Notice.normal(HISTORY, "Deleted", "Remove " + child.name() + " of the history"),
                        error -> Notice.failed(HISTORY, "delete " + child.namespace() + "/" + child.name(), error)));
            } else {
                tell(Notice.warning(HISTORY, "Skip", "Skip removing history: " + child.name() + " is still running"));
            }
        }
    }

    private boolean mayGo(Item child) {
        if (type.equals(WORKFLOW)) {
            return Conditions.isTrue(child.status(), Workflows.ACCOMPLISHED);
        }
        Progress progress = Progress.of(child, now);
        if (progress.finished() || progress.remaining().isZero()) {
            return true;
        }
        lookAt(now.plus(progress.remaining()));
        return false;
    }

    /** Experiments are paused and go on with their schedule; workflows cannot be paused. */
    private void pause() {
        if (type.equals(WORKFLOW)) {
            if (isPaused(schedule)) {
                tell(Notice.warning("schedule-pause", "NotSupported", "pausing a workflow schedule is not supported"));
            }
            return;
        }
        children.stream()
                .filter(child -> isPaused(child) != isPaused(schedule))
                .forEach(child ->
                        changes.add(new Change.Annotate(child.ref(), PAUSE, Boolean.toString(isPaused(schedule)))));
    }

    private static boolean isPaused(Item item) {
        return "true".equals(item.annotations().get(PAUSE));
    }

    /**
     * Runs that are due since the last one (or since the beginning, or within the starting deadline) are made up for by one run.
     * More than 100 missed ones are an error. Forbid waits until no earlier run is left unfinished.
     */
    private void cron() {
        if (isPaused(schedule)) {
            return;
        }
        Runs runs;
        try {
            runs = runs();
        } catch (IllegalArgumentException e) {
            tell(Notice.failed(CRON, "get run time", String.valueOf(e.getMessage())));
            return;
        }
        if (runs.missed.isEmpty()) {
            runs.next.ifPresent(this::lookAt);
            return;
        }
        if (startingDeadline().isPresent()
                && runs.missed.get().plus(startingDeadline().get()).isBefore(now)) {
            tell(Notice.warning(
                    CRON,
                    "MissSchedule",
                    "Missed scheduled time to start a job: "
                            + RFC_1123.format(runs.missed.get().atZone(zone))));
            return;
        }
        Optional<Item> running = isForbid()
                ? children.stream().filter(child -> !isFinished(child)).findFirst()
                : Optional.empty();
        if (running.isPresent()) {
            tell(Notice.warning(
                    CRON,
                    "Forbid",
                    "Forbid spawning new job because: " + running.get().name() + " is still running"));
            return;
        }
        spawn();
    }

    private record Runs(Optional<Instant> missed, Optional<Instant> next) {}

    private Runs runs() {
        String text = schedule.spec().at("schedule").text("");
        Cron cron;
        try {
            cron = Cron.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("unparseable schedule: " + text + " : " + e.getMessage(), e);
        }
        Instant earliest = earliest();
        if (earliest.isAfter(now)) {
            throw new IllegalArgumentException(
                    "earliestTime is later than now: earliestTime: " + earliest + ", now: " + now);
        }
        Optional<Instant> missed = Optional.empty();
        Optional<Instant> next = cron.next(earliest, zone);
        for (int count = 0; next.isPresent() && !next.get().isAfter(now); count++) {
            if (count >= MAX_MISSED) {
                throw new IllegalArgumentException("too many missed start time (> 100). Set or decrease"
                        + " .spec.startingDeadlineSeconds or check clock skew");
            }
            missed = next;
            next = cron.next(missed.get(), zone);
        }
        return new Runs(missed, next);
    }

    private Instant earliest() {
        Instant last = time(schedule.status().at("time")).orElse(schedule.createdAt());
        return startingDeadline().map(now::minus).filter(last::isBefore).orElse(last);
    }

    private Optional<Duration> startingDeadline() {
        Tree seconds = schedule.spec().at("startingDeadlineSeconds");
        return seconds.exists() ? Optional.of(Duration.ofSeconds(seconds.number(0))) : Optional.empty();
    }

    private boolean isForbid() {
        return !schedule.spec().at("concurrencyPolicy").text("").equals("Allow");
    }

    private boolean isFinished(Item child) {
        return type.equals(WORKFLOW)
                ? Conditions.isTrue(child.status(), Workflows.ACCOMPLISHED)
                : Progress.of(child, now).finished();
    }

    /** The child's name is the schedule's, cut to 57 characters and a hyphen, with five characters of chance. */
    private void spawn() {
        String field = Kind.of(type).map(Kind::field).orElse(type.toLowerCase(Locale.ROOT));
        changes.add(new Change.Create(
                schedule,
                type,
                schedule.name() + "-",
                Map.of(Orchestration.MANAGED_BY, schedule.name()),
                List.of(),
                schedule.spec().at(field).map(),
                name -> Notice.normal(CRON, "Spawned", "Create new object: " + name),
                error -> Notice.failed(CRON, "create new object", error)));
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        changes.add(new Change.EditStatus(schedule.ref(), status -> with(status, "time", time)));
        tell(Notice.updated(CRON, "lastScheduleTime"));
    }

    private static Optional<Instant> time(Tree place) {
        try {
            return Optional.ofNullable(place.text())
                    .map(text -> DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from))
                    .filter(time -> time.atZone(ZoneOffset.UTC).getYear() > 1);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Map<String, Object> with(Map<String, Object> status, String field, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(status);
        changed.put(field, value);
        return changed;
    }

    private void tell(Notice notice) {
        changes.add(new Change.Tell(schedule.ref(), notice));
    }

    private void lookAt(Instant time) {
        nextLook = Outcome.earlier(nextLook, Optional.of(time));
    }
}
