package dev.kintsugi.features.run;

import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the scenarios of a run found out, and how each of them is judged. */
public final class Results {

    /** What a scenario measured, before it is judged. */
    public record Draft(ScenarioResult.Builder measured, boolean injected, boolean bitten) {}

    private final Map<String, Draft> drafts = new HashMap<>();
    private final List<ScenarioResult> judged = new ArrayList<>();
    private int repetition = 1;

    /** Keeps what the scenario with Cucumber's id measured, until it is known how its steps ended. */
    public synchronized void draft(String testCase, Draft draft) {
        drafts.put(testCase, draft);
    }

    /** Says which time, from 1, it is that the scenarios run from now on. */
    public synchronized void begin(int repetition) {
        this.repetition = repetition;
    }

    /** Which time it is that they run. */
    synchronized int repetition() {
        return repetition;
    }

    /** The id itself, or with a number behind it when a scenario before has it already (rows of an outline). */
    public synchronized String unique(String id) {
        List<String> taken = judged.stream()
                .filter(result -> result.repetition() == repetition)
                .map(ScenarioResult::id)
                .toList();
        String free = id;
        for (int number = 2; taken.contains(free); number++) {
            free = id + "-" + number;
        }
        return free;
    }

    synchronized @Nullable Draft takeDraft(String testCase) {
        return drafts.remove(testCase);
    }

    synchronized void add(ScenarioResult result) {
        judged.add(result);
    }

    /** In the order in which the scenarios ended. */
    public synchronized List<ScenarioResult> all() {
        return List.copyOf(judged);
    }

    /**
     * Judges a scenario. No effect, no pass: one whose fault was not shown to have bitten is inconclusive however its steps
     * ended, and so is one whose steps ended by anything else than an expectation that did not hold.
     *
     * @param error what ended its steps, null when all of them passed
     */
    static Judgement judge(@Nullable Draft draft, @Nullable Throwable error) {
        if (error instanceof Skipped) {
            return new Judgement(Verdict.SKIPPED, message(error));
        }
        if (error instanceof Inconclusive) {
            return new Judgement(Verdict.INCONCLUSIVE, message(error));
        }
        if (error instanceof UsageException) {
            return new Judgement(Verdict.INCONCLUSIVE, "the scenario is not written well: " + message(error));
        }
        boolean toothless = draft != null && draft.injected() && !draft.bitten();
        if (toothless) {
            return new Judgement(
                    Verdict.INCONCLUSIVE,
                    "the fault was not shown to have bitten (no mark "
                            + MarkName.EFFECT.name().toLowerCase(Locale.ROOT) + ")"
                            + (error == null ? "" : "; " + message(error)));
        }
        if (error == null) {
            return draft == null
                    ? new Judgement(
                            Verdict.INCONCLUSIVE, "the scenario measured nothing: it has no step that needs a workload")
                    : new Judgement(Verdict.PASSED, null);
        }
        if (error instanceof AssertionError) {
            return new Judgement(Verdict.FAILED, message(error));
        }
        return new Judgement(
                Verdict.INCONCLUSIVE,
                "the infrastructure failed: " + error.getClass().getSimpleName() + ": " + message(error));
    }

    /** A verdict and, unless it is passed, its reason. */
    record Judgement(Verdict verdict, @Nullable String reason) {}

    private static String message(Throwable error) {
        String message = error.getMessage();
        return message == null ? error.getClass().getName() : message;
    }
}
