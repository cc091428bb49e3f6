package dev.kintsugi.features.steps;

import dev.kintsugi.features.recording.Inconclusive;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Snapshot;
import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.features.steps.Units.Percent;
import dev.kintsugi.reports.model.HealedBy;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Proof;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.model.Timeline;
import dev.kintsugi.reports.model.Users;
import dev.kintsugi.reports.model.Verification;
import io.cucumber.java.en.Then;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold. Every time is held against the upper end of what was measured. */
public final class ExpectationSteps {

    private static final Duration SETTLED = Duration.ofSeconds(15);

    private final Trial trial;

    public ExpectationSteps(Trial trial) {
        this.trial = trial;
    }

    @Then("the fault bites within {duration}")
    public void bites(Duration limit) {
        trial.withinSinceInjection(
                limit, () -> trial.recorder().timeline().find(MarkName.EFFECT).isPresent());
        if (!isMarked(MarkName.EFFECT, limit)) {
            throw new Inconclusive("the fault was not seen to bite within " + text(limit) + ": "
                    + (trial.recorder().injection().isEmpty()
                            ? "nothing was injected"
                            : trial.recorder().proofs().stream()
                                    .map(Proof::toString)
                                    .collect(Collectors.joining("; "))));
        }
        trial.expect(
                "the fault bites within " + text(limit),
                true,
                trial.recorder()
                        .timeline()
                        .find(MarkName.EFFECT)
                        .map(Mark::evidence)
                        .orElseThrow());
    }

    @Then("the workload recovers within {duration}")
    public void recovers(Duration limit) {
        trial.withinSinceInjection(limit, () -> recovery().isPresent());
        Optional<Recovery> recovery = recovery();
        boolean inTime = recovery.filter(r -> r.millis() <= limit.toMillis()).isPresent();
        trial.expect(
                "the workload recovers within " + text(limit),
                inTime,
                recovery.map(r -> "users were served again after " + millis(r.millis()) + " at most, "
                                + millis(r.shortestMillis()) + " at least")
                        .orElseGet(trial::progress));
    }

    @Then("the workload does not recover within {duration}")
    public void doesNotRecover(Duration limit) {
        boolean recovered = trial.withinSinceInjection(limit, () -> recovery().isPresent());
        trial.expect(
                "the workload does not recover within " + text(limit),
                !recovered,
                recovered ? "it recovered: " + trial.progress() : trial.progress());
    }

    @Then("it was healed by {word}")
    public void healedBy(String who) {
        HealedBy expected =
                switch (who.toLowerCase(Locale.ROOT)) {
                    case "healer" -> HealedBy.HEALER;
                    case "kubernetes" -> HealedBy.KUBERNETES;
                    case "nobody" -> HealedBy.NOBODY;
                    default ->
                        throw new UsageException(who + " heals nothing; right would be healer, Kubernetes or nobody");
                };
        HealedBy found = trial.healedBy().orElse(HealedBy.NOBODY);
        Timeline timeline = trial.recorder().timeline();
        String evidence = timeline.find(MarkName.ACTED)
                .map(Mark::evidence)
                .orElse("no Recovery of the healer's names an action on the target");
        trial.expect("it was healed by " + who, found == expected, evidence);
    }

    @Then("at most {percent} of the users' requests fail")
    public void failed(Percent share) {
        Users users = trial.recorder().users();
        double percent = users.failedShare() * 100;
        trial.expect(
                "at most " + share + " of the users' requests fail",
                percent <= share.value(),
                String.format(Locale.ROOT, "%d of %d failed, %.2f %%", users.failed(), users.sent(), percent)
                        + (users.failed() == 0
                                ? ""
                                : ": " + String.join(", ", trial.recorder().failures())));
    }

    @Then("the longest outage is at most {duration}")
    public void outage(Duration limit) {
        double outage = trial.recorder().users().longestOutageMillis();
        trial.expect("the longest outage is at most " + text(limit), outage <= limit.toMillis(), millis(outage));
    }

    @Then("status, connectivity, performance and dependencies are verified within {duration}")
    public void verified(Duration limit) {
        trial.withinSinceInjection(limit, () -> trial.recorder().verify());
        Verification v = trial.recorder().verification();
        trial.expect(
                "status, connectivity, performance and dependencies are verified within " + text(limit),
                isMarked(MarkName.VERIFIED, limit),
                "status " + say(v.status()) + ", connectivity " + say(v.connectivity()) + ", performance "
                        + say(v.performance()) + ", dependencies " + say(v.dependencies()) + ": "
                        + trial.recorder().verificationEvidence());
    }

    @Then("nothing but the target has changed")
    public void noBystander() {
        Set<String> meant = new HashSet<>();
        trial.recorder().injection().ifPresent(injection -> injection.targets().forEach(pod -> meant.add(pod.uid())));
        trial.recorder().standIns().stream().map(Pod::uid).forEach(meant::add);
        List<String> changes = trial.before()
                .changes(
                        Snapshot.of(trial.session().client()),
                        key -> meant.stream().anyMatch(uid -> key.endsWith(" " + uid)) || isOfOthers(key));
        trial.expect(
                "nothing but the target has changed",
                changes.isEmpty(),
                changes.isEmpty()
                        ? "pods, workloads, Services, ConfigMaps and nodes are as before"
                        : String.join("; ", changes));
    }

    /** Keys are kind, namespace and name; what is in no namespace is of interest wherever the run takes place. */
    private boolean isOfOthers(String key) {
        int kind = key.indexOf(' ');
        int namespace = key.indexOf('/');
        return namespace > kind && !trial.session().isOfInterest(key.substring(kind + 1, namespace));
    }

    @Then("nothing is left behind")
    public void noResidue() throws InterruptedException {
        trial.lift();
        trial.within(SETTLED, () -> left().isEmpty());
        trial.residue(left());
        trial.expect(
                "nothing is left behind",
                trial.residue().isEmpty(),
                trial.residue().isEmpty()
                        ? "no experiment, no fault on a node, " + trial.podsBefore() + " pods as before"
                        : String.join("; ", trial.residue()));
    }

    private List<String> left() {
        List<String> left = trial.faultsLeft();
        List<Pod> pods = trial.recorder().pods();
        pods.stream().filter(Pod::terminating).forEach(pod -> left.add("pod " + pod.name() + " is still terminating"));
        if (pods.size() != trial.podsBefore()) {
            left.add(pods.size() + " pods where there were " + trial.podsBefore());
        }
        return left;
    }

    private boolean isMarked(MarkName name, Duration limit) {
        return trial.recorder()
                .timeline()
                .find(name)
                .filter(mark -> mark.atMillis() <= limit.toMillis())
                .isPresent();
    }

    private Optional<Recovery> recovery() {
        return trial.recorder().timeline().recovery();
    }

    private static String say(Verification.Check check) {
        return switch (check) {
            case PASSED -> "passed";
            case FAILED -> "failed";
            case NOT_RUN -> "not run";
        };
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    private static String millis(double millis) {
        return Math.round(millis) + " ms";
    }
}
