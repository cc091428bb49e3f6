package dev.kintsugi.reports.model;

import java.util.Collection;

/** How a scenario, or a whole run, ended. */
public enum Verdict {
    /** The fault bit, and every expectation held. */
    PASSED,
    /** The fault bit, and an expectation did not hold. */
    FAILED,
    /** Nothing can be said: the fault was not shown to have bitten, or the infrastructure failed. */
    INCONCLUSIVE,
    /** Not tried, for a stated reason. */
    SKIPPED;

    /**
     * The verdict of many: failed when one failed, else inconclusive when one was, else passed when one passed, else
     * skipped; and inconclusive when there are none, since nothing was shown.
     */
    public static Verdict of(Collection<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            return INCONCLUSIVE;
        }
        for (Verdict verdict : new Verdict[] {FAILED, INCONCLUSIVE, PASSED}) {
            if (verdicts.contains(verdict)) {
                return verdict;
            }
        }
        return SKIPPED;
    }
}
