package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.TargetRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/**
 * Decides what the controllers do next about an experiment.
 *
 * <p>Chaos Mesh runs five controllers one after another over each resource: put the finalizer on, set the desired phase, write
 * the conditions, bring the records to the desired phase, take the finalizer off. Each writes the resource on its own, and each
 * write brings the resource round again. So a step is the first thing that is not yet as it should be, in this order; and so
 * the conditions lag: they are written before the records are acted on, and again only when the resource comes round.
 */
final class Pipeline {
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);
    private static final int MAX_EVENTS = 100;

    private Pipeline() {}

    /** The next step. */
    static Step next(Chaos chaos, ClusterView cluster, Instant now, long seed) {
        if (!chaos.deleted() && !chaos.finalizers().contains(Chaos.FINALIZER)) {
            List<String> finalizers = new ArrayList<>(chaos.finalizers());
            finalizers.add(Chaos.FINALIZER);
            return new Step.WriteFinalizers(
                    finalizers, List.of(Note.finalizerInited(), Note.updated("finalizer", "finalizer")));
        }
        Desired desired = desired(chaos, now);
        if (!desired.phase.equals(chaos.status().desiredPhase())) {
            List<Note> notes = new ArrayList<>(desired.notes);
            notes.add(Note.updated("desiredphase", "desiredPhase"));
            return new Step.WriteStatus(chaos.status().withDesiredPhase(desired.phase), notes);
        }
        Map<String, Boolean> conditions = conditions(chaos);
        if (!conditions.equals(chaos.status().conditions())) {
            return new Step.WriteStatus(chaos.status().withConditions(inRandomOrder(conditions, seed)), List.of());
        }
        if (chaos.deleted() && mayGo(chaos)) {
            return chaos.finalizers().isEmpty()
                    ? new Step.Rest(Optional.empty())
                    : new Step.WriteFinalizers(
                            List.of(), List.of(Note.finalizerRemoved(), Note.updated("finalizer", "finalizer")));
        }
        return chaos.status().records() == null ? select(chaos, cluster, seed) : act(chaos, cluster, now, desired);
    }

    private record Desired(String phase, List<Note> notes) {}

    /**
     * {@code Stop} once deleted; {@code Run} for ever for one-shot kinds; {@code Stop} once the duration is over; {@code Stop}
     * while paused; else {@code Run}.
     */
    private static Desired desired(Chaos chaos, Instant now) {
        if (chaos.deleted()) {
            return new Desired(Status.STOP, List.of(Note.deleted()));
        }
        if (chaos.isOneShot()) {
            return new Desired(Status.RUN, List.of());
        }
        if (chaos.end().isPresent() && !now.isBefore(chaos.end().get())) {
            return new Desired(Status.STOP, List.of(Note.timeUp()));
        }
        return chaos.isPaused()
                ? new Desired(Status.STOP, List.of(Note.paused()))
                : new Desired(Status.RUN, List.of(Note.started()));
    }

    /**
     * The summary of the records. While no target is known both All* are False; afterwards AllRecovered is True also when
     * nothing has been injected yet.
     */
    private static Map<String, Boolean> conditions(Chaos chaos) {
        List<TargetRecord> records = chaos.status().records();
        return Map.of(
                Status.SELECTED,
                records != null,
                Status.ALL_INJECTED,
                records != null && records.stream().allMatch(TargetRecord::isInjected),
                Status.ALL_RECOVERED,
                records != null && records.stream().allMatch(TargetRecord::isNotInjected),
                Status.PAUSED,
                chaos.isPaused());
    }

    /** Chaos Mesh writes them in the order of a hash table. */
    private static Map<String, Boolean> inRandomOrder(Map<String, Boolean> conditions, long seed) {
        List<String> types = new ArrayList<>(conditions.keySet());
        Collections.sort(types);
        Collections.shuffle(types, new Random(seed + conditions.hashCode()));
        Map<String, Boolean> shuffled = new LinkedHashMap<>();
        types.forEach(type -> shuffled.put(type, Objects.requireNonNull(conditions.get(type))));
        return shuffled;
    }

    /** All is taken back; or the clean-up is forced, and taking back has at least been tried. */
    private static boolean mayGo(Chaos chaos) {
        return chaos.status().targets().stream()
                .allMatch(record -> record.isNotInjected()
                        || (chaos.isCleanupForced()
                                && record.lastFailure()
                                        .filter(event -> event.operation().equals(Operation.Verb.RECOVER.text()))
                                        .isPresent()));
    }

    /** Chooses the targets, once, and acts on them at once. */
    private static Step select(Chaos chaos, ClusterView cluster, long seed) {
        List<TargetRecord> records = new ArrayList<>();
        try {
            PodSelection.select(chaos, cluster, seed)
                    .forEach((key, ids) -> ids.forEach(
                            id -> records.add(new TargetRecord(id, key, TargetRecord.NOT_INJECTED, 0, 0, List.of()))));
        } catch (PodSelection.NoTargets e) {
            return new Step.GiveUp(List.of(Note.failed("select targets", String.valueOf(e.getMessage()))));
        }
        List<Operation> operations =
                Status.RUN.equals(chaos.status().desiredPhase()) ? operations(chaos, records, cluster) : List.of();
        return new Step.Act(records, operations);
    }

    private static Step act(Chaos chaos, ClusterView cluster, Instant now, Desired desired) {
        List<TargetRecord> records = chaos.status().targets();
        List<Operation> wanted = operations(chaos, records, cluster);
        List<Operation> due = wanted.stream()
                .filter(operation -> !now.isBefore(dueAt(records.get(operation.record()))))
                .toList();
        if (!due.isEmpty()) {
            return new Step.Act(records, due);
        }
        Optional<Instant> retry = wanted.stream()
                .map(operation -> dueAt(records.get(operation.record())))
                .min(Instant::compareTo);
        Optional<Instant> end = desired.phase.equals(Status.RUN) && !chaos.isOneShot() ? chaos.end() : Optional.empty();
        return new Step.Rest(
                retry.filter(at -> end.isEmpty() || at.isBefore(end.get())).or(() -> end));
    }

    /**
     * Every record goes round a cycle: Not Injected, Not Injected/Wait, Injected, Injected/Wait. One that has to stop while it
     * waits to be injected is first injected and then recovered.
     */
    private static List<Operation> operations(Chaos chaos, List<TargetRecord> records, ClusterView cluster) {
        boolean run = Status.RUN.equals(chaos.status().desiredPhase());
        Targeting targeting = new Targeting(chaos, records, cluster);
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            TargetRecord record = records.get(i);
            if (run ? !record.isInjected() : !record.isNotInjected()) {
                operations.add(
                        record.phase().startsWith(TargetRecord.NOT_INJECTED)
                                ? targeting.apply(i)
                                : targeting.recover(i));
            }
        }
        return operations;
    }

    /** At once, but after failures with a pause that doubles. */
    private static Instant dueAt(TargetRecord record) {
        List<TargetRecord.Event> events = record.events();
        int failures = 0;
        while (failures < events.size()
                && events.get(events.size() - 1 - failures).failed()) {
            failures++;
        }
        if (failures == 0) {
            return Instant.MIN;
        }
        Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
        return events.get(events.size() - 1).timestamp().plus(pause.compareTo(LAST_RETRY) < 0 ? pause : LAST_RETRY);
    }

    /** The status after the operations were carried out. */
    static Step.WriteStatus conclude(
            Chaos chaos, List<TargetRecord> records, List<Operation.Result> results, Instant now) {
        List<TargetRecord> concluded = new ArrayList<>(records);
        Map<String, Object> instances = new LinkedHashMap<>(chaos.status().instances());
        List<Note> notes = new ArrayList<>();
        for (Operation.Result result : results) {
            int index = result.operation().record();
            TargetRecord before = concluded.get(index);
            TargetRecord after = conclude(before, result, now);
            concluded.set(index, after);
            Targeting.remember(chaos, after, result, now, instances);
            note(before, after, result).ifPresent(notes::add);
        }
        notes.add(Note.updated("records", "records"));
        return new Step.WriteStatus(chaos.status().withRecords(concluded, instances), notes);
    }

    private static TargetRecord conclude(TargetRecord record, Operation.Result result, Instant now) {
        Operation operation = result.operation();
        String verb = operation.verb().text();
        if (result.failure().isPresent()) {
            return record(
                    record,
                    record.phase(),
                    new TargetRecord.Event("Failed", verb, result.failure().get(), now));
        }
        boolean complete = operation.phase().equals(TargetRecord.INJECTED)
                || operation.phase().equals(TargetRecord.NOT_INJECTED);
        return complete
                ? record(record, operation.phase(), new TargetRecord.Event("Succeeded", verb, "", now))
                : new TargetRecord(
                        record.id(),
                        record.selectorKey(),
                        operation.phase(),
                        record.injectedCount(),
                        record.recoveredCount(),
                        record.events());
    }

    private static TargetRecord record(TargetRecord before, String phase, TargetRecord.Event event) {
        List<TargetRecord.Event> events = new ArrayList<>(before.events());
        if (events.size() >= MAX_EVENTS) {
            events.remove(0);
        }
        events.add(event);
        boolean counts = !event.failed();
        return new TargetRecord(
                before.id(),
                before.selectorKey(),
                phase,
                before.injectedCount() + (counts && phase.equals(TargetRecord.INJECTED) ? 1 : 0),
                before.recoveredCount() + (counts && phase.equals(TargetRecord.NOT_INJECTED) ? 1 : 0),
                events);
    }

    private static Optional<Note> note(TargetRecord before, TargetRecord after, Operation.Result result) {
        if (result.failure().isPresent()) {
            return Optional.of(Note.failed(
                    result.operation().verb().activity(), result.failure().get()));
        }
        if (after.injectedCount() > before.injectedCount()) {
            return Optional.of(Note.applied(after.id()));
        }
        return after.recoveredCount() > before.recoveredCount()
                ? Optional.of(Note.recovered(after.id()))
                : Optional.empty();
    }
}
