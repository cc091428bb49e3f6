package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.HealedBy;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import dev.kintsugi.reports.model.Verification;
import dev.kintsugi.reports.model.Verification.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the terms of the model are called for a person. */
final class Words {

    private Words() {}

    static String of(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    /** A sign for each verdict, so that colour is never the only one. */
    static String sign(Verdict verdict) {
        return switch (verdict) {
            case PASSED -> "✓";
            case FAILED -> "✕";
            case INCONCLUSIVE -> "?";
            case SKIPPED -> "–";
        };
    }

    static String of(MarkName name) {
        return switch (name) {
            case INJECTED -> "injected";
            case EFFECT -> "effect seen";
            case DETECTED -> "detected";
            case ACTED -> "acted";
            case REPLACED -> "replaced";
            case READY -> "ready";
            case ENDPOINT -> "endpoint";
            case FIRST_GOOD -> "first good";
            case VERIFIED -> "verified";
        };
    }

    static String of(Check check) {
        return switch (check) {
            case PASSED -> "passed";
            case FAILED -> "failed";
            case NOT_RUN -> "not run";
        };
    }

    static String sign(Check check) {
        return switch (check) {
            case PASSED -> "✓";
            case FAILED -> "✕";
            case NOT_RUN -> "–";
        };
    }

    /** One of the four verification steps. */
    record Step(String name, Check check) {}

    static List<Step> steps(Verification verification) {
        return List.of(
                new Step("status", verification.status()),
                new Step("connectivity", verification.connectivity()),
                new Step("performance", verification.performance()),
                new Step("dependencies", verification.dependencies()));
    }

    static String of(@Nullable HealedBy healedBy) {
        if (healedBy == null) {
            return "–";
        }
        return switch (healedBy) {
            case HEALER -> "the healer";
            case KUBERNETES -> "Kubernetes";
            case NOBODY -> "nobody";
        };
    }

    /** Such as {@code recovered in 1.93 s} or {@code did not recover}; empty when there was nothing to recover from. */
    static String recovery(ScenarioResult scenario) {
        if (scenario.recovery() != null) {
            return "recovered in "
                    + Figures.interval(
                            scenario.recovery().shortestMillis(),
                            scenario.recovery().millis());
        }
        return scenario.healedBy() == HealedBy.NOBODY ? "did not recover" : "";
    }

    /** Such as {@code 4 of 6 scenarios passed, 1 failed, 1 inconclusive, 1 skipped}; the skipped are not among the six. */
    static String headline(Run run) {
        long skipped = run.count(Verdict.SKIPPED);
        long tried = run.scenarios().size() - skipped;
        List<String> parts = new ArrayList<>();
        parts.add(
                tried == 1
                        ? "The one scenario " + (run.count(Verdict.PASSED) == 1 ? "passed" : "did not pass")
                        : (run.count(Verdict.PASSED) == tried && tried > 0
                                ? "All " + tried + " scenarios passed"
                                : run.count(Verdict.PASSED) + " of " + tried + " scenarios passed"));
        for (Verdict verdict : List.of(Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.SKIPPED)) {
            if (run.count(verdict) > 0) {
                parts.add(run.count(verdict) + " " + of(verdict));
            }
        }
        return String.join(", ", parts);
    }
}
