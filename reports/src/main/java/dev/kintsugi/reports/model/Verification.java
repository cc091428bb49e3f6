package dev.kintsugi.reports.model;

/**
 * The four steps by which a recovery is held to be true.
 *
 * @param status the cluster reports the workload as healthy
 * @param connectivity its Service answers
 * @param performance it answers as fast as before
 * @param dependencies what it calls, and what calls it, is healthy
 */
public record Verification(Check status, Check connectivity, Check performance, Check dependencies) {

    /** No step was tried. */
    public static final Verification NOT_RUN =
            new Verification(Check.NOT_RUN, Check.NOT_RUN, Check.NOT_RUN, Check.NOT_RUN);

    /** The outcome of one step. */
    public enum Check {
        PASSED,
        FAILED,
        NOT_RUN
    }

    public Verification {
        Require.present(status, "status");
        Require.present(connectivity, "connectivity");
        Require.present(performance, "performance");
        Require.present(dependencies, "dependencies");
    }
}
