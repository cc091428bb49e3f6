package dev.kintsugi.reports.baseline;

import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one scenario gave each time that it ran.
 *
 * @param all at least one
 */
public record Repetitions(List<ScenarioResult> all) {

    public Repetitions {
        all = List.copyOf(all);
    }

    /** The scenarios of a run by their id, in the order in which they first ran. */
    public static Map<String, Repetitions> of(Run run) {
        Map<String, List<ScenarioResult>> byId = new LinkedHashMap<>();
        run.scenarios().forEach(scenario -> byId.computeIfAbsent(scenario.id(), unused -> new ArrayList<>())
                .add(scenario));
        Map<String, Repetitions> repetitions = new LinkedHashMap<>();
        byId.forEach((id, results) -> repetitions.put(id, new Repetitions(results)));
        return repetitions;
    }

    String id() {
        return all.get(0).id();
    }

    /** What the scenario is called. */
    public String name() {
        return all.get(0).name();
    }

    /** Those that passed or failed; of the others nothing can be said. */
    public List<ScenarioResult> conclusive() {
        return all.stream()
                .filter(result -> result.verdict() == Verdict.PASSED || result.verdict() == Verdict.FAILED)
                .toList();
    }

    /** How many of them passed. */
    public long passed() {
        return all.stream().filter(result -> result.verdict() == Verdict.PASSED).count();
    }

    /** The first that failed, else the first that did not pass, else the first. */
    ScenarioResult worst() {
        return all.stream()
                .min(Comparator.comparing((ScenarioResult result) -> result.verdict() != Verdict.FAILED)
                        .thenComparing(result -> result.verdict() == Verdict.PASSED))
                .orElseThrow();
    }

    /** How long it took each time until a mark, where there is one. */
    public List<Recovery> until(MarkName mark) {
        return conclusive().stream()
                .map(result -> mark == MarkName.FIRST_GOOD
                        ? Optional.ofNullable(result.recovery())
                        : result.timeline().until(mark))
                .flatMap(Optional::stream)
                .toList();
    }

    /** The recovery in the middle, the longer of two. */
    @Nullable Recovery recovery() {
        List<Recovery> ordered = until(MarkName.FIRST_GOOD).stream()
                .sorted(Comparator.comparingDouble(Recovery::millis))
                .toList();
        return ordered.isEmpty() ? null : ordered.get(ordered.size() / 2);
    }
}
