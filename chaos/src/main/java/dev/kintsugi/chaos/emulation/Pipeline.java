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
import java.util.function.Supplier;
import java.util.stream.IntStream;

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

    private Pipeline() {}

    /**
     * The next step.
     *
     * @param cluster asked only when there is something to choose or to do
     */
    static Step next(Chaos chaos, Supplier<ClusterView> cluster, Instant now, long seed) {
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
    private static Step select(Chaos chaos, Supplier<ClusterView> lazyCluster, long seed) {
        List<TargetRecord> records = new ArrayList<>();
        ClusterView cluster = lazyCluster.get();
        try {
            PodSelection.select(chaos, cluster, seed)
                    .forEach((key, ids) -> ids.forEach(
                            id -> records.add(new TargetRecord(id, key, TargetRecord.NOT_INJECTED, 0, 0, List.of()))));
        } catch (PodSelection.NoTargets e) {
            return new Step.GiveUp(List.of(Note.failed("select targets", String.valueOf(e.getMessage()))));
        }
        return new Step.Act(records, operations(chaos, records, unfinished(chaos, records), cluster));
    }

    private static Step act(Chaos chaos, Supplier<ClusterView> cluster, Instant now, Desired desired) {
        List<TargetRecord> records = chaos.status().targets();
        List<Integer> wanted = unfinished(chaos, records);
        List<Integer> due = wanted.stream()
                .filter(index -> !now.isBefore(dueAt(records.get(index))))
                .toList();
        if (!due.isEmpty()) {
            return new Step.Act(records, operations(chaos, records, due, cluster.get()));
        }
        Optional<Instant> retry =
                wanted.stream().map(index -> dueAt(records.get(index))).min(Instant::compareTo);
        Optional<Instant> end = desired.phase.equals(Status.RUN) && !chaos.isOneShot() ? chaos.end() : Optional.empty();
        return new Step.Rest(
                retry.filter(at -> end.isEmpty() || at.isBefore(end.get())).or(() -> end));
    }

    /** The records that are not as they should be. */
    private static List<Integer> unfinished(Chaos chaos, List<TargetRecord> records) {
        boolean run = Status.RUN.equals(chaos.status().desiredPhase());
        return IntStream.range(0, records.size())
                .filter(i ->
                        run ? !records.get(i).isInjected() : !records.get(i).isNotInjected())
                .boxed()
                .toList();
    }

    /**
     * Every record goes round a cycle: Not Injected, Not Injected/Wait, Injected, Injected/Wait. One that has to stop while it
     * waits to be injected is first injected and then recovered.
     */
    private static List<Operation> operations(
            Chaos chaos, List<TargetRecord> records, List<Integer> indices, ClusterView cluster) {
        Targeting targeting = new Targeting(chaos, records, cluster);
        return indices.stream()
                .map(index -> records.get(index).phase().startsWith(TargetRecord.NOT_INJECTED)
                        ? targeting.apply(index)
                        : targeting.recover(index))
                .toList();
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
}
