package dev.kintsugi.reports.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.SampleRun;
import dev.kintsugi.reports.baseline.Change.Status;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the gate promises, tried on suites of 25 scenarios with ten repetitions each in both runs: at most one in twenty suites in
 * which nothing changed is stopped, and of scenarios that became slower by 30 % at least 95 in 100 are found.
 */
class GateSimulationTest {

    private static final int SCENARIOS = 25;
    private static final int REPETITIONS = 10;

    /** How recovery times scatter. */
    enum Scatter {
        /** Evenly to both sides. */
        NORMAL {
            @Override
            double draw(Random random, double typical) {
                return typical * (1 + 0.08 * random.nextGaussian());
            }
        },
        /** Often a little, seldom much longer, as on a busy machine. */
        SKEWED {
            @Override
            double draw(Random random, double typical) {
                return typical * (0.93 + 0.07 * -Math.log(1 - random.nextDouble()));
            }
        },
        /** In the steps of a poll, so that many are equal. */
        STEPPED {
            @Override
            double draw(Random random, double typical) {
                return 100 * Math.round(typical * (1 + 0.06 * random.nextGaussian()) / 100);
            }
        };

        abstract double draw(Random random, double typical);
    }

    /** Without a tolerance, so that chance alone is what must be withstood. */
    @ParameterizedTest
    @EnumSource
    void suitesInWhichNothingChangedAreStoppedLessOftenThanOneInTwenty(Scatter scatter) {
        Random random = new Random(11);
        int suites = 100;
        int stopped = 0;
        for (int suite = 0; suite < suites; suite++) {
            double[] typical = typical(random);
            Run before = run(random, scatter, typical, scenario -> 1);
            Run after = run(random, scatter, typical, scenario -> 1);
            stopped += Comparison.compare(before, after, new Tolerance(0, 0)).regressed() ? 1 : 0;
        }

        assertThat(stopped / (double) suites).isLessThan(0.05);
    }

    @ParameterizedTest
    @EnumSource
    void ofScenariosThatBecameSlowerByThirtyPercentNinetyFiveInAHundredAreFound(Scatter scatter) {
        Random random = new Random(12);
        int suites = 20;
        long found = 0;
        for (int suite = 0; suite < suites; suite++) {
            double[] typical = typical(random);
            Run before = run(random, scatter, typical, scenario -> 1);
            Run after = run(random, scatter, typical, scenario -> 1.3);
            found += Comparison.compare(before, after, Tolerance.DEFAULT).count(Status.REGRESSED);
        }

        assertThat(found / (double) (suites * SCENARIOS)).isGreaterThanOrEqualTo(0.95);
    }

    @ParameterizedTest
    @EnumSource
    void theOnlySlowScenarioOfASuiteIsFoundAsWell(Scatter scatter) {
        Random random = new Random(13);
        int suites = 100;
        int found = 0;
        for (int suite = 0; suite < suites; suite++) {
            double[] typical = typical(random);
            Run before = run(random, scatter, typical, scenario -> 1);
            Run after = run(random, scatter, typical, scenario -> scenario == 0 ? 1.3 : 1);
            Change first = Comparison.compare(before, after, Tolerance.DEFAULT)
                    .changes()
                    .get(0);
            found += first.status() == Status.REGRESSED ? 1 : 0;
        }

        assertThat(found / (double) suites).isGreaterThanOrEqualTo(0.95);
    }

    /** From 1 to 30 seconds, as often short as long. */
    private static double[] typical(Random random) {
        return random.doubles(SCENARIOS)
                .map(share -> 1_000 * Math.pow(30, share))
                .toArray();
    }

    private static Run run(Random random, Scatter scatter, double[] typical, IntToDoubleFunction slower) {
        return SampleRun.of(IntStream.range(0, SCENARIOS * REPETITIONS)
                .mapToObj(i -> {
                    int scenario = i / REPETITIONS;
                    double millis = scatter.draw(random, typical[scenario] * slower.applyAsDouble(scenario));
                    return result(scenario, i % REPETITIONS + 1, millis);
                })
                .toArray(ScenarioResult[]::new));
    }

    private static ScenarioResult result(int scenario, int repetition, double millis) {
        return ScenarioResult.builder("s" + scenario, "S", Instant.EPOCH, 1)
                .repetition(repetition)
                .marks(List.of(
                        new Mark(MarkName.INJECTED, 0, 0, ""),
                        new Mark(MarkName.DETECTED, millis / 4, 0, ""),
                        new Mark(MarkName.READY, millis * 0.9, 0, ""),
                        new Mark(MarkName.FIRST_GOOD, millis, 0, ""),
                        new Mark(MarkName.VERIFIED, millis * 1.2, 0, "")))
                .build();
    }
}
