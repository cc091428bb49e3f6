package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.PodInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One experiment in virtual time, with the controllers' decisions and a cluster that does what they say. */
final class Simulation implements Effect.Hands {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final RecordingDaemon daemon = new RecordingDaemon();
    final List<PodInfo> pods = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    final List<Status> history = new ArrayList<>();
    Chaos chaos;
    Instant now = START;
    Optional<Instant> nextLook = Optional.empty();
    long seed = 1;
    private boolean gaveUp;

    Simulation(Kind kind, Map<String, Object> spec, PodInfo... pods) {
        Map<String, Object> full = new LinkedHashMap<>(spec);
        full.putIfAbsent("mode", "all");
        full.putIfAbsent("selector", Map.of("namespaces", List.of("shop")));
        this.chaos = new Chaos(kind, "shop", "x", START, false, Map.of(), List.of(), new Tree(full), Status.NONE);
        this.pods.addAll(List.of(pods));
    }

    /** Takes steps until there is nothing to do. */
    Simulation settle() {
        gaveUp = false;
        for (int i = 0; i < 100; i++) {
            Step step = Pipeline.next(chaos, () -> new ClusterView(List.copyOf(pods), Map.of()), now, seed);
            if (!take(step)) {
                return this;
            }
        }
        throw new AssertionError("no rest after 100 steps: " + chaos.status().describe());
    }

    Simulation advance(Duration duration) {
        now = now.plus(duration);
        return settle();
    }

    Simulation annotate(String key, String value) {
        Map<String, String> annotations = new HashMap<>(chaos.annotations());
        annotations.put(key, value);
        chaos = with(chaos.deleted(), annotations, chaos.finalizers(), chaos.status());
        return settle();
    }

    Simulation delete() {
        chaos = with(true, chaos.annotations(), chaos.finalizers(), chaos.status());
        return settle();
    }

    boolean isGone() {
        return chaos.deleted() && chaos.finalizers().isEmpty();
    }

    boolean gaveUp() {
        return gaveUp;
    }

    Status status() {
        return chaos.status();
    }

    List<String> phases() {
        return status().targets().stream()
                .map(record -> record.id() + "=" + record.phase())
                .toList();
    }

    private boolean take(Step step) {
        if (step instanceof Step.WriteFinalizers write) {
            note(write.notes());
            chaos = with(chaos.deleted(), chaos.annotations(), write.finalizers(), chaos.status());
        } else if (step instanceof Step.WriteStatus write) {
            write(write);
        } else if (step instanceof Step.Act act) {
            List<Operation.Result> results =
                    act.operations().stream().map(this::perform).toList();
            write(Conclusion.of(chaos, act.records(), results, now));
        } else if (step instanceof Step.GiveUp giveUp) {
            note(giveUp.notes());
            gaveUp = true;
            return false;
        } else if (step instanceof Step.Rest rest) {
            nextLook = rest.until();
            return false;
        }
        return true;
    }

    private Operation.Result perform(Operation operation) {
        try {
            return new Operation.Result(operation, operation.effect().perform(this), Optional.empty());
        } catch (ChaosDaemonException e) {
            return new Operation.Result(operation, "", Optional.ofNullable(e.getMessage()));
        }
    }

    /** What is written is what the API server keeps: read back from its form in the resource. */
    private void write(Step.WriteStatus write) {
        note(write.notes());
        chaos = with(
                chaos.deleted(),
                chaos.annotations(),
                chaos.finalizers(),
                Status.of(new Tree(write.status().toMap())));
        history.add(chaos.status());
    }

    private void note(List<Note> written) {
        written.forEach(note -> notes.add(note.reason() + ": " + note.message()));
    }

    private Chaos with(boolean deleted, Map<String, String> annotations, List<String> finalizers, Status status) {
        return new Chaos(
                chaos.kind(),
                chaos.namespace(),
                chaos.name(),
                chaos.createdAt(),
                deleted,
                annotations,
                finalizers,
                chaos.spec(),
                status);
    }

    @Override
    public ChaosDaemon daemon() {
        return daemon;
    }

    @Override
    public void deletePod(PodInfo pod, long gracePeriodSeconds) {
        daemon.calls.add("delete " + pod.id() + " grace " + gracePeriodSeconds);
        pods.remove(pod);
    }

    @Override
    public void swapImages(PodInfo pod, Map<String, String> keyByContainer, String image) {
        daemon.calls.add("swap " + pod.id() + " " + keyByContainer);
    }

    @Override
    public void restoreImages(PodInfo pod, Map<String, String> keyByContainer) {
        daemon.calls.add("restore " + pod.id() + " " + keyByContainer);
    }
}
