package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.Expectation;
import dev.kintsugi.reports.model.Proof;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.util.List;
import java.util.Locale;

/** {@code summary.md}: the verdict, one line per scenario, and why those that did not pass did not. */
final class Markdown {

    private Markdown() {}

    static String render(Run run) {
        StringBuilder text = new StringBuilder();
        text.append("## Resilience: ").append(Words.summary(run)).append("\n\n");
        if (!run.scenarios().isEmpty()) {
            text.append("| | scenario | recovery, at most | requests failed | healed by |\n");
            text.append("|---|---|--:|--:|---|\n");
        }
        for (ScenarioResult scenario : run.scenarios()) {
            text.append(row(scenario));
        }
        text.append(spread(Spread.of(run)));
        List<ScenarioResult> explained = run.scenarios().stream()
                .filter(s -> s.verdict() == Verdict.FAILED || s.verdict() == Verdict.INCONCLUSIVE)
                .toList();
        for (ScenarioResult scenario : explained) {
            text.append(explanation(scenario));
        }
        text.append('\n')
                .append(inline(String.format(
                        Locale.ROOT,
                        "Cluster %s, Kubernetes %s, timings %s, users came by: %s, seed %d, took %s.",
                        run.environment().cluster(),
                        run.environment().kubernetesVersion(),
                        run.environment().timings(),
                        run.environment().way(),
                        run.seed(),
                        Figures.duration(run.tookMillis()))))
                .append('\n');
        return text.toString();
    }

    private static String row(ScenarioResult scenario) {
        String recovery = scenario.recovery() == null
                ? "–"
                : Figures.duration(scenario.recovery().millis());
        String failed = scenario.users() == null
                ? "–"
                : Figures.share(scenario.users().failed(), scenario.users().sent()) + " of "
                        + scenario.users().sent();
        return "| " + Words.sign(scenario.verdict()) + " " + Words.of(scenario.verdict()) + " | "
                + inline(scenario.title()) + " | " + recovery + " | " + failed + " | "
                + Words.of(scenario.healedBy()) + " |\n";
    }

    private static String spread(List<Spread> scenarios) {
        if (scenarios.isEmpty()) {
            return "";
        }
        StringBuilder text =
                new StringBuilder("\n| repeated scenario | passed | median recovery | 95th percentile |\n");
        text.append("|---|--:|--:|--:|\n");
        for (Spread scenario : scenarios) {
            text.append("| " + inline(scenario.name()) + " | " + scenario.passed() + " | " + scenario.median() + " | "
                    + scenario.p95() + " |\n");
        }
        return text.toString();
    }

    private static String explanation(ScenarioResult scenario) {
        StringBuilder text = new StringBuilder();
        text.append("\n**")
                .append(inline(scenario.title()))
                .append("** ")
                .append(Words.of(scenario.verdict()))
                .append(": ")
                .append(inline(String.valueOf(scenario.reason())))
                .append('\n');
        for (Expectation expectation : scenario.expectations()) {
            if (!expectation.passed()) {
                text.append("- did not hold: ")
                        .append(inline(expectation.text()))
                        .append(" (")
                        .append(inline(expectation.evidence()))
                        .append(")\n");
            }
        }
        for (Proof proof : scenario.proofs()) {
            text.append("- ")
                    .append(Words.of(proof.effect()))
                    .append(": ")
                    .append(inline(proof.target() + ", " + proof.evidence()))
                    .append('\n');
        }
        for (String left : scenario.residue()) {
            text.append("- left behind: ").append(inline(left)).append('\n');
        }
        if (!scenario.replay().isBlank()) {
            text.append("- replay: ").append(code(scenario.replay())).append('\n');
        }
        return text.toString();
    }

    /** Text that stays text: one line, no table cell ended, no markup or HTML begun, nobody mentioned. */
    static String inline(String text) {
        StringBuilder escaped = new StringBuilder();
        String line = oneLine(text);
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '@' -> escaped.append("&#64;");
                case '\\', '`', '*', '_', '[', ']', '|', '#', '~', '!' ->
                    escaped.append('\\').append(c);
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /** A code span, fenced by one backtick more than the longest run of them inside. */
    static String code(String text) {
        String line = oneLine(text);
        int longest = 0;
        int length = 0;
        for (int i = 0; i < line.length(); i++) {
            length = line.charAt(i) == '`' ? length + 1 : 0;
            longest = Math.max(longest, length);
        }
        String fence = "`".repeat(longest + 1);
        String pad = longest > 0 ? " " : "";
        return fence + pad + line + pad + fence;
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
    }
}
