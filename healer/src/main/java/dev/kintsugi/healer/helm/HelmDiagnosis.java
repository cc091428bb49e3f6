package dev.kintsugi.healer.helm;

import java.time.Instant;

/** What is wrong with a Helm release, with the evidence that shows it. */
public sealed interface HelmDiagnosis {

    /** What is stored of it. */
    ReleaseHistory history();

    /** Since when. */
    Instant onset();

    /** For people: what was seen. */
    String evidence();

    /** The name under which it is published. */
    default String cause() {
        return getClass().getSimpleName();
    }

    /**
     * The last operation failed.
     *
     * @param harmful whether a workload of the release is ill; a hook alone may have failed
     */
    record HelmReleaseFailed(ReleaseHistory history, Instant onset, String evidence, boolean harmful)
            implements HelmDiagnosis {}

    /** An operation began so long ago that Helm must have died: it leaves no other sign. */
    record HelmReleasePending(ReleaseHistory history, Instant onset, String evidence) implements HelmDiagnosis {}

    /** The last operation is said to have succeeded, but workloads are ill because of it. */
    record HelmReleaseUnhealthy(ReleaseHistory history, Instant onset, String evidence) implements HelmDiagnosis {}

    /** The last revision cannot be read; nothing is done about it. */
    record HelmReleaseUnreadable(ReleaseHistory history, Instant onset, String evidence) implements HelmDiagnosis {}
}
