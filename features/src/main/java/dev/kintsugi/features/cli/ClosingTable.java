package dev.kintsugi.features.cli;

import dev.kintsugi.reports.model.HealedBy;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Users;
import dev.kintsugi.reports.model.Verdict;
import dev.kintsugi.reports.render.Spread;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The last thing that a run prints: a line for each scenario, 80 columns wide. */
final class ClosingTable {

    private static final String ROW = "%-12s  %-30s %14s %7s  %s%n";
    private static final int NAME = 30;

    private ClosingTable() {}

    static String render(Run run) {
        StringBuilder table = new StringBuilder();
        table.append(String.format(Locale.ROOT, ROW, "VERDICT", "SCENARIO", "RECOVERY", "FAILED", "HEALED BY"));
        for (ScenarioResult scenario : run.scenarios()) {
            table.append(String.format(
                    Locale.ROOT,
                    ROW,
                    scenario.verdict().name().toLowerCase(Locale.ROOT),
                    cut(scenario.name()),
                    recovery(scenario.recovery()),
                    failed(scenario.users()),
                    who(scenario.healedBy())));
        }
        for (Spread spread : Spread.of(run)) {
            table.append(String.format(
                    Locale.ROOT,
                    "%n%s%n  passed %s, median recovery %s, 95th percentile %s%n",
                    spread.name(),
                    spread.passed(),
                    spread.median(),
                    spread.p95()));
        }
        long skipped = run.count(Verdict.SKIPPED);
        if (skipped > 0) {
            table.append(String.format(
                    Locale.ROOT,
                    "%n%d of %d skipped: not tried, and not passed.%n",
                    skipped,
                    run.scenarios().size()));
        }
        return table.toString();
    }

    private static String cut(String name) {
        return name.codePointCount(0, name.length()) <= NAME
                ? name
                : name.substring(0, name.offsetByCodePoints(0, NAME - 1)) + "…";
    }

    /** The middle of the interval that the truth lies in, and how far it reaches to either side. */
    static String recovery(@Nullable Recovery recovery) {
        if (recovery == null) {
            return "-";
        }
        double half = recovery.boundMillis() / 2_000;
        double middle = recovery.millis() / 1_000 - half;
        return String.format(Locale.ROOT, middle < 100 ? "%.2f±%.2f s" : "%.0f±%.0f s", middle, half);
    }

    private static String failed(@Nullable Users users) {
        return users == null ? "-" : String.format(Locale.ROOT, "%.1f %%", users.failedShare() * 100);
    }

    private static String who(@Nullable HealedBy healedBy) {
        return healedBy == null
                ? "-"
                : switch (healedBy) {
                    case HEALER -> "healer";
                    case KUBERNETES -> "Kubernetes";
                    case NOBODY -> "nobody";
                };
    }
}
