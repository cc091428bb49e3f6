package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.TargetRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes into the records how the operations on them went. */
final class Conclusion {
    private static final int MAX_EVENTS = 100;

    private Conclusion() {}

    /** The status after the operations were carried out. */
    static Step.WriteStatus of(Chaos chaos, List<TargetRecord> records, List<Operation.Result> results, Instant now) {
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
