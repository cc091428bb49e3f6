package dev.kintsugi.reports.baseline;

import static dev.kintsugi.reports.baseline.Change.Status.IMPROVED;
import static dev.kintsugi.reports.baseline.Change.Status.MISSING;
import static dev.kintsugi.reports.baseline.Change.Status.NEW;
import static dev.kintsugi.reports.baseline.Change.Status.NOT_COMPARABLE;
import static dev.kintsugi.reports.baseline.Change.Status.REGRESSED;
import static dev.kintsugi.reports.baseline.Change.Status.UNCHANGED;

import dev.kintsugi.reports.model.Environment;
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
     * Compares scenario by scenario; they are matched by id.
     *
     * <p>Runs on another kind of cluster, with other timings, or with users who came by another way measure something else: none
     * of their scenarios is comparable.
     */
    public static Comparison compare(Run baseline, Run current, Tolerance tolerance) {
        String unlike = unlike(baseline.environment(), current.environment());
        Map<String, ScenarioResult> missing = new LinkedHashMap<>();
        baseline.scenarios().forEach(scenario -> missing.put(scenario.id(), scenario));
        List<Change> changes = new ArrayList<>();
        for (ScenarioResult after : current.scenarios()) {
            ScenarioResult before = missing.remove(after.id());
            if (before == null) {
                changes.add(new Change(after.id(), after.name(), NEW, null, after.recovery(), ""));
            } else if (!unlike.isEmpty()) {
                changes.add(change(before, after, NOT_COMPARABLE, unlike));
            } else {
                changes.add(judge(before, after, tolerance));
            }
        }
        for (ScenarioResult before : missing.values()) {
            changes.add(new Change(before.id(), before.name(), MISSING, before.recovery(), null, ""));
        }
        return new Comparison(changes, notes(baseline, current));
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
     * The verdicts are looked at first: what passed and fails now regressed, what failed and passes now improved, and where one
     * of the two is inconclusive or skipped nothing can be said. Then the recovery times decide.
     */
    private static Change judge(ScenarioResult before, ScenarioResult after, Tolerance tolerance) {
        if (!conclusive(before)) {
            return change(before, after, NOT_COMPARABLE, "it was " + word(before.verdict()) + " in the baseline");
        }
        if (!conclusive(after)) {
            return change(before, after, NOT_COMPARABLE, "it is " + word(after.verdict()) + " now: " + after.reason());
        }
        if (before.verdict() == Verdict.PASSED && after.verdict() == Verdict.FAILED) {
            return change(before, after, REGRESSED, "it passed and fails now: " + after.reason());
        }
        if (before.verdict() == Verdict.FAILED && after.verdict() == Verdict.PASSED) {
            return change(before, after, IMPROVED, "it failed and passes now");
        }
        if (before.recovery() == null && after.recovery() == null) {
            return change(before, after, UNCHANGED, "no recovery time in either run");
        }
        if (before.recovery() == null || after.recovery() == null) {
            String which = before.recovery() == null ? "in the baseline" : "now";
            return change(before, after, NOT_COMPARABLE, "there is no recovery time " + which);
        }
        return change(before, after, status(before.recovery(), after.recovery(), tolerance), "");
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

    private static boolean conclusive(ScenarioResult scenario) {
        return scenario.verdict() == Verdict.PASSED || scenario.verdict() == Verdict.FAILED;
    }

    private static Change change(ScenarioResult before, ScenarioResult after, Change.Status status, String reason) {
        return new Change(after.id(), after.name(), status, before.recovery(), after.recovery(), reason);
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
