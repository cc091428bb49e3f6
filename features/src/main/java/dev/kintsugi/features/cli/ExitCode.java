package dev.kintsugi.features.cli;

import dev.kintsugi.reports.model.Verdict;

/** What the command tells the shell. */
final class ExitCode {

    /** All is well. */
    static final int PASSED = 0;
    /** A scenario failed. */
    static final int FAILED = 1;
    /** What was asked for makes no sense: an option, a file, a configuration. */
    static final int USAGE = 2;
    /** A scenario takes longer than before. */
    static final int REGRESSION = 3;
    /** Nothing can be said, or the infrastructure failed. */
    static final int INCONCLUSIVE = 4;

    private ExitCode() {}

    static int of(Verdict verdict) {
        return switch (verdict) {
            case PASSED -> PASSED;
            case FAILED -> FAILED;
            case INCONCLUSIVE, SKIPPED -> INCONCLUSIVE;
        };
    }
}
