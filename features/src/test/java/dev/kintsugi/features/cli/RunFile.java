package dev.kintsugi.features.cli;

import dev.kintsugi.reports.model.Environment;
import dev.kintsugi.reports.model.HealedBy;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Users;
import dev.kintsugi.reports.model.Verdict;
import java.time.Instant;
import java.util.List;

/** Runs as a run would leave them. */
final class RunFile {

    private static final Environment ENVIRONMENT =
            new Environment("embedded", "v1.28.0", 2, 2, "17.0.16", "Linux amd64", "quick", "development");

    private RunFile() {}

    static Run of(ScenarioResult... scenarios) {
        return new Run("run", Instant.EPOCH, 60_000, ENVIRONMENT, 1, List.of(scenarios));
    }

    static ScenarioResult recovered(String name, double millis, double boundMillis) {
        return ScenarioResult.builder("a:" + name, name, Instant.EPOCH, 1)
                .marks(List.of(
                        new Mark(MarkName.INJECTED, 0, 0, "injected"),
                        new Mark(MarkName.FIRST_GOOD, millis, boundMillis, "served")))
                .users(new Users(1_000, 15, 1.0, 2.0, 10))
                .healedBy(HealedBy.KUBERNETES)
                .build();
    }

    static ScenarioResult unmeasured(String name, Verdict verdict) {
        return ScenarioResult.builder("a:" + name, name, Instant.EPOCH, 1)
                .verdict(verdict, "nothing matched")
                .build();
    }
}
