package dev.kintsugi.features.recording;

import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a recording says of one injection: arithmetic on observations, nothing else.
 *
 * <p>Where a fault has several targets, a phase is reached when the last of them has reached it.
 *
 * @param watchDelayNanos the longest that the news of a write took to arrive: the bound of whatever a watch shows
 */
record Reading(List<Observation> log, Injection injection, long watchDelayNanos) {

    /** The marks so far, {@code verified} excepted. */
    Timeline timeline(Optional<Sighting> verified) {
        List<Mark> marks = new ArrayList<>();
        marks.add(mark(
                MarkName.INJECTED,
                new Sighting(
                        injection.injectedNanos(),
                        injection.injectedNanos() - injection.requestedNanos(),
                        injection.evidence())));
        effect().ifPresent(s -> marks.add(mark(MarkName.EFFECT, s)));
        Recoveries recoveries = recoveries();
        recoveries.detected().ifPresent(s -> marks.add(mark(MarkName.DETECTED, s)));
        recoveries.acted().ifPresent(s -> marks.add(mark(MarkName.ACTED, s)));
        List<Recoveries.Replacement> replaced = replacements(recoveries);
        if (!replaced.isEmpty() && replaced.size() == injection.targets().size()) {
            last(replaced, r -> Optional.of(r.sighting())).ifPresent(s -> marks.add(mark(MarkName.REPLACED, s)));
            last(replaced, recoveries::ready).ifPresent(s -> marks.add(mark(MarkName.READY, s)));
            last(replaced, recoveries::endpoint).ifPresent(s -> marks.add(mark(MarkName.ENDPOINT, s)));
            last(replaced, recoveries::firstGood).ifPresent(s -> marks.add(mark(MarkName.FIRST_GOOD, s)));
        }
        verified.ifPresent(s -> marks.add(mark(MarkName.VERIFIED, s)));
        return new Timeline(marks);
    }

    Optional<Sighting> effect() {
        return Effects.find(log, injection.requestedNanos(), injection.effect(), watchDelayNanos);
    }

    /** The pods that stand in for the targets, as far as they are there. */
    List<Pod> standIns() {
        return replacements(recoveries()).stream()
                .map(Recoveries.Replacement::pod)
                .toList();
    }

    private Recoveries recoveries() {
        return new Recoveries(log, injection, watchDelayNanos);
    }

    private List<Recoveries.Replacement> replacements(Recoveries recoveries) {
        return injection.targets().stream()
                .flatMap(target -> recoveries.replacement(target).stream())
                .toList();
    }

    private static Optional<Sighting> last(
            List<Recoveries.Replacement> replaced, Function<Recoveries.Replacement, Optional<Sighting>> phase) {
        Optional<Sighting> last = Optional.empty();
        for (Recoveries.Replacement one : replaced) {
            Optional<Sighting> found = phase.apply(one);
            if (found.isEmpty()) {
                return found;
            }
            last = last.isEmpty() ? found : Optional.of(last.get().andThen(found.get()));
        }
        return last;
    }

    private Mark mark(MarkName name, Sighting sighting) {
        double at = millis(Math.max(0, sighting.atNanos() - injection.requestedNanos()));
        return new Mark(name, at, millis(sighting.boundNanos()), sighting.evidence());
    }

    private static double millis(long nanos) {
        return nanos / 1_000_000.0;
    }
}
