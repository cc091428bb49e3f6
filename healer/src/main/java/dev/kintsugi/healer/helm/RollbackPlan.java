package dev.kintsugi.healer.helm;

import dev.kintsugi.healer.helm.ReleaseHistory.Choice;
import dev.kintsugi.healer.helm.ReleaseHistory.Experience;

/**
 * A rollback that was decided on: from which revision, as it was then, to which.
 *
 * @param id tells this rollback from every other; one that was cut off is taken up by a plan of the same id
 * @param resourceVersion of the Secret of {@code from}: if it has changed, somebody else is at work
 */
public record RollbackPlan(
        String id, String namespace, String release, int from, String resourceVersion, int to, String reason) {

    /** What is to be done about a release. */
    public sealed interface Decision {

        /** Roll back so. */
        record RollBack(RollbackPlan plan) implements Decision {}

        /** Do nothing, because of that. */
        record Leave(String reason) implements Decision {}
    }

    /**
     * Decides. There is no rollback if the last revision cannot be read, if it failed but all its workloads are well (it would
     * replace pods that work), or if no earlier revision is known to be good.
     */
    public static Decision of(HelmDiagnosis diagnosis, Experience experience, String id) {
        if (diagnosis instanceof HelmDiagnosis.HelmReleaseUnreadable) {
            return new Decision.Leave(diagnosis.evidence());
        }
        if (diagnosis instanceof HelmDiagnosis.HelmReleaseFailed failed && !failed.harmful()) {
            return new Decision.Leave("a rollback would replace pods that work: " + failed.evidence());
        }
        ReleaseHistory history = diagnosis.history();
        Choice choice = history.lastGood(experience);
        if (choice instanceof Choice.Target target) {
            StoredRevision newest = history.newest();
            return new Decision.RollBack(new RollbackPlan(
                    id,
                    history.namespace(),
                    history.name(),
                    newest.version(),
                    newest.resourceVersion(),
                    target.revision(),
                    diagnosis.evidence() + "; " + target.evidence()));
        }
        return new Decision.Leave("no revision to roll back to: " + ((Choice.None) choice).reason());
    }
}
