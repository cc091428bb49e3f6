package dev.kintsugi.reports.baseline;

import static dev.kintsugi.reports.baseline.Change.Status.IMPROVED;
import static dev.kintsugi.reports.baseline.Change.Status.MISSING;
import static dev.kintsugi.reports.baseline.Change.Status.NEW;
import static dev.kintsugi.reports.baseline.Change.Status.NOT_COMPARABLE;
import static dev.kintsugi.reports.baseline.Change.Status.REGRESSED;
import static dev.kintsugi.reports.baseline.Change.Status.UNCHANGED;

import dev.kintsugi.reports.model.Environment;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A run held against an earlier one.
 *
 * @param changes one for each scenario, in the order of the current run; then those that are missing from it
 * @param notes differences between the two runs that may explain others, such as another number of processors
 */
public record Comparison(List<Change> changes, List<String> notes) {

    public Comparison {
        changes = List.copyOf(changes);
        notes = List.copyOf(notes);
    }

    /**
     * Compares scenario by scenario; they are matched by id. One that ran once in each run is compared by its two measurements alone,
     * which does not exclude chance; one that ran more often is judged by all of its repetitions, see {@link PhaseChange}.
     *
     * <p>Runs on another kind of cluster, with other timings, or with users who came by another way measure something else: none
     * of their scenarios is comparable.
     */
    public static Comparison compare(Run baseline, Run current, Tolerance tolerance) {
        String unlike = unlike(baseline.environment(), current.environment());
        Map<String, Repetitions> before = Repetitions.of(baseline);
        Map<String, Repetitions> after = Repetitions.of(current);
        Map<String, List<PhaseChange>> phases =
                unlike.isEmpty() ? new Judge(tolerance).judge(before, repeated(before, after)) : Map.of();
        List<Change> changes = new ArrayList<>();
        after.forEach((id, now) -> {
            Repetitions then = before.get(id);
            if (then == null) {
                changes.add(new Change(id, now.name(), NEW, null, now.recovery(), "", List.of()));
            } else if (!unlike.isEmpty()) {
                changes.add(change(then, now, NOT_COMPARABLE, unlike));
            } else {
                changes.add(judge(then, now, phases.get(id), tolerance));
            }
        });
        before.forEach((id, then) -> {
            if (!after.containsKey(id)) {
                changes.add(new Change(id, then.name(), MISSING, then.recovery(), null, "", List.of()));
            }
        });
        return new Comparison(changes, notes(baseline, current));
    }

    private static Map<String, Repetitions> repeated(Map<String, Repetitions> before, Map<String, Repetitions> after) {
        Map<String, Repetitions> repeated = new LinkedHashMap<>();
        after.forEach((id, now) -> {
            Repetitions then = before.get(id);
            if (then != null && then.all().size() + now.all().size() > 2) {
                repeated.put(id, now);
            }
        });
        return repeated;
    }

    /** Whether a gate should stop: at least one scenario regressed. */
    public boolean regressed() {
        return count(REGRESSED) > 0;
    }

    /** How many scenarios changed so. */
    public long count(Change.Status status) {
        return changes.stream().filter(c -> c.status() == status).count();
    }

    /**
     * The verdicts are looked at first: what always passed and fails now regressed, what always failed and passes now improved, and
     * where nothing can be said of one of the two nothing can be said of the change. Then the times decide.
     */
    private static Change judge(
            Repetitions before, Repetitions after, @Nullable List<PhaseChange> phases, Tolerance tolerance) {
        int countedBefore = before.conclusive().size();
        int countedAfter = after.conclusive().size();
        if (countedBefore == 0) {
            String was = "it was " + word(before.worst().verdict()) + " in the baseline";
            return change(before, after, NOT_COMPARABLE, was);
        }
        if (countedAfter == 0) {
            ScenarioResult now = after.worst();
            return change(before, after, NOT_COMPARABLE, "it is " + word(now.verdict()) + " now: " + now.reason());
        }
        boolean neverPassed = before.passed() == 0;
        boolean alwaysPassed = before.passed() == countedBefore;
        if ((alwaysPassed && after.passed() < countedAfter) || (!neverPassed && after.passed() == 0)) {
            String reason = passed(before) + " and " + fails(after) + ": "
                    + after.worst().reason();
            return change(before, after, REGRESSED, reason);
        }
        if (neverPassed && after.passed() > 0) {
            return change(before, after, IMPROVED, "it failed and passes now");
        }
        if (phases != null) {
            return change(before, after, phases);
        }
        Recovery then = before.recovery();
        Recovery now = after.recovery();
        if (then == null && now == null) {
            return change(before, after, UNCHANGED, "no recovery time in either run");
        }
        if (then == null || now == null) {
            return change(
                    before,
                    after,
                    NOT_COMPARABLE,
                    "there is no recovery time " + (then == null ? "in the baseline" : "now"));
        }
        return change(before, after, status(then, now, tolerance), "");
    }

    private static String passed(Repetitions before) {
        int times = before.conclusive().size();
        return times == 1 ? "it passed" : "it passed " + before.passed() + " of " + times + " times";
    }

    private static String fails(Repetitions after) {
        int times = after.conclusive().size();
        return times == 1 ? "fails now" : "fails now " + (times - after.passed()) + " of " + times + " times";
    }

    /** A scenario regressed when one of its phases did; else it is as its recovery is. */
    private static Change change(Repetitions before, Repetitions after, List<PhaseChange> phases) {
        Change.Status status = phases.stream().anyMatch(phase -> phase.status() == REGRESSED)
                ? REGRESSED
                : phases.stream()
                        .filter(phase -> phase.phase() == MarkName.FIRST_GOOD)
                        .findFirst()
                        .map(PhaseChange::status)
                        .orElse(NOT_COMPARABLE);
        String reason = status == NOT_COMPARABLE ? "there is no recovery time in one of the runs" : "";
        return new Change(after.id(), after.name(), status, before.recovery(), after.recovery(), reason, phases);
    }

    /**
     * Both recoveries are intervals. Slower is what even at its shortest took longer than the other at its longest, by more than
     * the tolerance; faster is the same the other way round. The tolerance is taken of the earlier recovery.
     */
    private static Change.Status status(Recovery before, Recovery after, Tolerance tolerance) {
        double tolerated = tolerance.of(before.millis());
        if (after.shortestMillis() - before.millis() > tolerated) {
            return REGRESSED;
        }
        if (before.shortestMillis() - after.millis() > tolerated) {
            return IMPROVED;
        }
        return UNCHANGED;
    }

    private static Change change(Repetitions before, Repetitions after, Change.Status status, String reason) {
        return new Change(after.id(), after.name(), status, before.recovery(), after.recovery(), reason, List.of());
    }

    private static String unlike(Environment before, Environment after) {
        if (!before.cluster().equals(after.cluster())) {
            return "the baseline ran on cluster " + before.cluster() + ", this run on " + after.cluster();
        }
        if (!before.timings().equals(after.timings())) {
            return "the baseline ran with timings " + before.timings() + ", this run with " + after.timings();
        }
        if (!before.way().equals(after.way())) {
            return "the baseline's users came by this way: " + before.way() + ", this run's by another: " + after.way();
        }
        return "";
    }

    private static List<String> notes(Run baseline, Run current) {
        Environment before = baseline.environment();
        Environment after = current.environment();
        List<String> notes = new ArrayList<>();
        note(notes, "Kubernetes", before.kubernetesVersion(), after.kubernetesVersion());
        note(notes, "nodes", before.nodes(), after.nodes());
        note(notes, "CPUs", before.cpus(), after.cpus());
        note(notes, "Java", before.java(), after.java());
        note(notes, "system", before.os(), after.os());
        note(notes, "Kintsugi", before.kintsugiVersion(), after.kintsugiVersion());
        note(notes, "seed", baseline.seed(), current.seed());
        return notes;
    }

    private static void note(List<String> notes, String what, Object before, Object after) {
        if (!Objects.equals(before, after)) {
            notes.add(what + " was " + before + ", is " + after);
        }
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }
}
