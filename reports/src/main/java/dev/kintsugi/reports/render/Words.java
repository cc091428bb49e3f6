package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.EffectVerdict;
import dev.kintsugi.reports.model.HealedBy;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import dev.kintsugi.reports.model.Verification;
import dev.kintsugi.reports.model.Verification.Check;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    static String of(EffectVerdict effect) {
        return effect.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static String sign(EffectVerdict effect) {
        return switch (effect) {
            case CONFIRMED -> "✓";
            case NO_EFFECT -> "✕";
            case INCONCLUSIVE -> "?";
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

    /** Such as {@code 4 of 6 scenarios passed}; those that were skipped are not among the six. */
    static String headline(Run run) {
        long passed = run.count(Verdict.PASSED);
        long tried = run.scenarios().size() - run.count(Verdict.SKIPPED);
        if (tried == 0) {
            return "No scenario ran";
        }
        if (tried == 1) {
            return passed == 1 ? "The scenario passed" : "The scenario did not pass";
        }
        long scenarios =
                run.scenarios().stream().map(ScenarioResult::id).distinct().count();
        if (scenarios < run.scenarios().size()) {
            return (passed == tried ? "All " + tried : passed + " of " + tried) + " runs of "
                    + (scenarios == 1 ? "the scenario" : scenarios + " scenarios") + " passed";
        }
        return passed == tried ? "All " + tried + " scenarios passed" : passed + " of " + tried + " scenarios passed";
    }

    /** The verdicts other than passed that there are, each with its number, such as {@code 1 failed}. */
    static List<String> others(Run run) {
        return Stream.of(Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.SKIPPED)
                .filter(verdict -> run.count(verdict) > 0)
                .map(verdict -> run.count(verdict) + " " + of(verdict))
                .toList();
    }

    /** Such as {@code 4 of 6 scenarios passed, 1 failed, 1 inconclusive, 1 skipped}. */
    static String summary(Run run) {
        return Stream.concat(Stream.of(headline(run)), others(run).stream()).collect(Collectors.joining(", "));
    }
}
