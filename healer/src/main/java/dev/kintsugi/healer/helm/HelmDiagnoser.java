package dev.kintsugi.healer.helm;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells what is wrong with a Helm release. */
public final class HelmDiagnoser {

    /**
     * How long things may take.
     *
     * @param failedFor a failed release is left this long to whoever made it fail: Helm itself rolls back with {@code --atomic}
     * @param pendingFor Helm's own time-out is 5 min for an operation, and again for each hook
     * @param unhealthyFor how long after it was deployed a release may have workloads that are not ready, and how long a workload
     *     that had been ready has to stay unavailable
     * @param blameWithin how long after a revision a workload that breaks is put down to it
     */
    public record Limits(Duration failedFor, Duration pendingFor, Duration unhealthyFor, Duration blameWithin) {
        public static final Limits DEFAULT = new Limits(
                Duration.ofMinutes(1), Duration.ofMinutes(15), Duration.ofMinutes(5), Duration.ofMinutes(30));
    }

    /**
     * What was found, and when to look again though nothing may happen.
     *
     * @param diagnosis null if nothing is wrong (yet)
     * @param recheckAfter null if only a change can make a difference
     */
    public record Finding(
            @Nullable HelmDiagnosis diagnosis, @Nullable Duration recheckAfter) {
        static final Finding NOTHING = new Finding(null, null);
    }

    private final Limits limits;

    /** Judges by these limits. */
    public HelmDiagnoser(Limits limits) {
        this.limits = limits;
    }

    /** Whether the workloads have to be looked at to judge this release. */
    public static boolean needsWorkloads(ReleaseHistory history) {
        ReleaseStatus status = history.newest().status();
        return status == ReleaseStatus.DEPLOYED || status == ReleaseStatus.FAILED;
    }

    /**
     * Judges a release by its newest revision.
     *
     * @param workloads of the newest revision; empty if they need not be known
     * @param seenSince since when the newest revision was seen in its present status; null if that is not known. Helm does not
     *     write down when an operation failed, only when it began.
     */
    public Finding diagnose(
            ReleaseHistory history, List<WorkloadHealth> workloads, @Nullable Instant seenSince, Instant now) {
        StoredRevision newest = history.newest();
        Release release;
        try {
            release = newest.read();
        } catch (UnreadableReleaseException e) {
            return new Finding(
                    new HelmDiagnosis.HelmReleaseUnreadable(
                            history, seenSince == null ? now : seenSince, e.getMessage()),
                    null);
        }
        Instant began = release.lastDeployed();
        Instant since = seenSince == null || seenSince.isBefore(began) ? began : seenSince;
        ReleaseStatus status = newest.status();
        if (status.isPending()) {
            String evidence = "%s is %s since %s".formatted(release, status, began);
            return from(
                    began.plus(limits.pendingFor()),
                    now,
                    new HelmDiagnosis.HelmReleasePending(history, began, evidence));
        }
        if (status == ReleaseStatus.FAILED) {
            List<String> ill =
                    evidence(workloads.stream().filter(one -> !one.healthy()).toList());
            String evidence = "%s failed: %s; %s"
                    .formatted(
                            release,
                            release.description().strip(),
                            ill.isEmpty() ? "all its workloads are ready" : String.join("; ", ill));
            return from(
                    since.plus(limits.failedFor()),
                    now,
                    new HelmDiagnosis.HelmReleaseFailed(history, since, evidence, !ill.isEmpty()));
        }
        List<WorkloadHealth> blamed =
                workloads.stream().filter(WorkloadHealth::blamed).toList();
        if (status == ReleaseStatus.DEPLOYED && !blamed.isEmpty()) {
            String evidence =
                    "%s was deployed at %s; %s".formatted(release, began, String.join("; ", evidence(blamed)));
            return from(
                    began.plus(limits.unhealthyFor()),
                    now,
                    new HelmDiagnosis.HelmReleaseUnhealthy(history, began, evidence));
        }
        boolean mayComeToBeBlamed =
                status == ReleaseStatus.DEPLOYED && !workloads.stream().allMatch(WorkloadHealth::healthy);
        return mayComeToBeBlamed ? new Finding(null, limits.unhealthyFor()) : Finding.NOTHING;
    }

    private static Finding from(Instant due, Instant now, HelmDiagnosis diagnosis) {
        return now.isBefore(due) ? new Finding(null, Duration.between(now, due)) : new Finding(diagnosis, null);
    }

    private static List<String> evidence(List<WorkloadHealth> workloads) {
        return workloads.stream().map(WorkloadHealth::evidence).collect(Collectors.toList());
    }
}
