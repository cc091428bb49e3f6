package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;

/**
 * What the template of the whole report is given.
 *
 * @param run the run
 * @param style the style sheet
 * @param script the script
 * @param scriptHash base64 of its SHA-256; the content security policy lets no other script run
 */
record Page(Run run, String style, String script, String scriptHash) {

    private static final int OPEN_AT_MOST = 8;

    /** In a long report only what needs a look is unfolded. */
    boolean open(ScenarioResult scenario) {
        return run.scenarios().size() <= OPEN_AT_MOST
                || scenario.verdict() == Verdict.FAILED
                || scenario.verdict() == Verdict.INCONCLUSIVE;
    }

    /** Longest recovery of the run in milliseconds, to which the bars of the overview are drawn; at least 1. */
    double longestRecovery() {
        return run.scenarios().stream()
                .mapToDouble(s -> s.recovery() == null ? 0 : s.recovery().millis())
                .reduce(1, Math::max);
    }
}
