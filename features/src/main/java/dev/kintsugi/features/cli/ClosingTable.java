package dev.kintsugi.features.cli;

import dev.kintsugi.reports.model.HealedBy;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Users;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The last thing that a run prints: a line for each scenario, 80 columns wide. */
final class ClosingTable {

    private static final String ROW = "%-12s  %-32s %11s %7s  %-10s%n";
    private static final int NAME = 32;

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
        return table.toString();
    }

    private static String cut(String name) {
        return name.length() <= NAME ? name : name.substring(0, NAME - 1) + "…";
    }

    private static String recovery(@Nullable Recovery recovery) {
        return recovery == null
                ? "-"
                : String.format(Locale.ROOT, "%.2f±%.2f s", center(recovery) / 1_000, recovery.boundMillis() / 2_000);
    }

    /** The middle of the interval that the truth lies in. */
    private static double center(Recovery recovery) {
        return recovery.millis() - recovery.boundMillis() / 2;
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
