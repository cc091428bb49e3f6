package dev.kintsugi.healer.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.HelmDiagnoser.Finding;
import dev.kintsugi.healer.helm.HelmDiagnoser.Limits;
import dev.kintsugi.healer.helm.HelmDiagnosis.HelmReleaseFailed;
import dev.kintsugi.healer.helm.HelmDiagnosis.HelmReleasePending;
import dev.kintsugi.healer.helm.HelmDiagnosis.HelmReleaseUnhealthy;
import dev.kintsugi.healer.helm.HelmDiagnosis.HelmReleaseUnreadable;
import dev.kintsugi.healer.helm.ReleaseHistory.Experience;
import dev.kintsugi.healer.helm.RollbackPlan.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Diagnoses and decisions on what a real Helm left behind. */
class HelmDiagnoserTest {

    private static final Limits LIMITS = Limits.DEFAULT;
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private final HelmDiagnoser diagnoser = new HelmDiagnoser(LIMITS);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "01-install | - | -",
                "02-upgrade-good | - | -",
                "03-upgrade-fails-wait | HelmReleaseFailed | 2",
                "04-upgrade-fails-atomic | - | -",
                "05-upgrade-killed | HelmReleasePending | 5",
                "10-install-fails-wait | HelmReleaseFailed | -",
                "11-upgrade-fails-atomic-no-good-revision | HelmReleaseFailed | -",
                "12-upgrade-good-after-failures | - | -",
                "15-install-killed | HelmReleasePending | -",
                "20-install | - | -",
                "21-rollback-killed | HelmReleasePending | 1",
                "32-upgrade-readds-kept | - | -",
                "33-upgrade-hook-fails | HelmReleaseFailed | -",
                "34-upgrade-fails-cleanup-on-fail | HelmReleaseFailed | 3"
            })
    void recordedReleasesAreJudged(String step, String cause, String target) throws Exception {
        Recording recording = Recording.of(step);
        ReleaseHistory history = recording.history();
        Instant now = history.newest().read().lastDeployed().plus(Duration.ofHours(1));
        Finding finding = diagnoser.diagnose(history, workloads(recording, now), null, now);
        HelmDiagnosis diagnosis = finding.diagnosis();
        assertThat(diagnosis == null ? "-" : diagnosis.cause()).isEqualTo(cause);
        if (diagnosis != null) {
            Decision decision = RollbackPlan.of(diagnosis, Experience.NONE, "id");
            assertThat(
                            decision instanceof Decision.RollBack roll
                                    ? Integer.toString(roll.plan().to())
                                    : "-")
                    .as(decision.toString())
                    .isEqualTo(target);
        }
    }

    @Test
    void pendingIsRespectedUntilItHasLastedTooLong() throws Exception {
        ReleaseHistory history = Recording.of("05-upgrade-killed").history();
        Instant due = history.newest().read().lastDeployed().plus(LIMITS.pendingFor());

        Finding early = diagnoser.diagnose(history, List.of(), null, due.minus(MILLISECOND));
        assertThat(early).isEqualTo(new Finding(null, MILLISECOND));

        Finding late = diagnoser.diagnose(history, List.of(), null, due);
        assertThat(late.diagnosis())
                .isInstanceOfSatisfying(HelmReleasePending.class, pending -> assertThat(pending.evidence())
                        .contains("revision 6 is pending-upgrade since 2026-11-21T03:4"));
    }

    @Test
    void failedReleaseIsLeftForAMomentToThatWhichMadeItFail() throws Exception {
        Recording recording = Recording.of("03-upgrade-fails-wait");
        Instant failed = Instant.parse("2026-11-21T03:46:40Z");
        Instant due = failed.plus(LIMITS.failedFor());
        List<WorkloadHealth> workloads = workloads(recording, due);

        assertThat(diagnoser.diagnose(recording.history(), workloads, failed, due.minus(MILLISECOND)))
                .isEqualTo(new Finding(null, MILLISECOND));
        HelmDiagnosis diagnosis = diagnosis(recording.history(), workloads, failed, due);
        assertThat(diagnosis).isInstanceOf(HelmReleaseFailed.class);
        assertThat(diagnosis.onset()).isEqualTo(failed);
        assertThat(diagnosis.evidence())
                .contains("Upgrade \"web\" failed: context deadline exceeded", "Deployment web", "ReplicaSetUpdated");
    }

    @Test
    void failedHookAloneIsNoReasonToReplacePodsThatWork() throws Exception {
        Recording recording = Recording.of("33-upgrade-hook-fails");
        Instant now = Instant.parse("2026-11-21T05:00:00Z");
        HelmDiagnosis diagnosis = diagnosis(recording.history(), workloads(recording, now), null, now);
        assertThat(RollbackPlan.of(diagnosis, Experience.NONE, "id"))
                .isInstanceOfSatisfying(Decision.Leave.class, leave -> assertThat(leave.reason())
                        .contains("would replace pods that work", "BackoffLimitExceeded"));
    }

    @Test
    void deployedReleaseWhoseRolloutNeverCompletesIsUnhealthy() throws Exception {
        // As without --wait: the very state of step 03, but Helm said deployed.
        Recording recording = Recording.of("03-upgrade-fails-wait");
        ReleaseHistory history = asDeployed(recording);
        Instant due = history.newest().read().lastDeployed().plus(LIMITS.unhealthyFor());
        List<WorkloadHealth> workloads = workloads(recording, due);

        assertThat(diagnoser.diagnose(history, workloads, null, due.minus(MILLISECOND)))
                .isEqualTo(new Finding(null, MILLISECOND));
        HelmDiagnosis diagnosis = diagnosis(history, workloads, null, due);
        assertThat(diagnosis).isInstanceOf(HelmReleaseUnhealthy.class);
        assertThat(RollbackPlan.of(diagnosis, Experience.NONE, "id"))
                .isInstanceOfSatisfying(Decision.RollBack.class, roll -> {
                    assertThat(roll.plan().from()).isEqualTo(3);
                    assertThat(roll.plan().to()).isEqualTo(2);
                });
    }

    @Test
    void workloadThatWasChangedSinceIsNotPutDownToTheRevision() throws Exception {
        Recording recording = Recording.of("03-upgrade-fails-wait");
        var live = recording.object("Deployment", "web").orElseThrow();
        ManifestObject manifest = deployment(recording);
        Instant now = Instant.parse("2026-11-21T04:00:00Z");
        assertThat(health(manifest, live, now).blamed()).isTrue();
        ((ObjectNode) live.at("/spec/template/spec/containers/0")).put("image", "somebody/else:2");
        WorkloadHealth changed = health(manifest, live, now);
        assertThat(changed.healthy()).isFalse();
        assertThat(changed.blamed()).isFalse();
        assertThat(changed.evidence()).contains("was changed after the revision");
    }

    @Test
    void workloadThatBreaksLongAfterARevisionIsNotPutDownToIt() throws Exception {
        Instant deployed =
                Recording.of("02-upgrade-good").history().newest().read().lastDeployed();
        Instant edge = deployed.plus(LIMITS.blameWithin());
        Instant now = deployed.plus(Duration.ofDays(1));
        assertThat(unavailableSince(edge, now).blamed()).isTrue();
        assertThat(unavailableSince(edge.plus(MILLISECOND), now).blamed()).isFalse();
    }

    @Test
    void workloadThatIsUnavailableForAMomentIsNotPutDownToARevision() throws Exception {
        Instant broke = Recording.of("02-upgrade-good")
                .history()
                .newest()
                .read()
                .lastDeployed()
                .plusSeconds(600);
        Instant due = broke.plus(LIMITS.unhealthyFor());
        assertThat(unavailableSince(broke, due.minus(MILLISECOND)).blamed()).isFalse();
        assertThat(unavailableSince(broke, due).blamed()).isTrue();

        ReleaseHistory history = Recording.of("02-upgrade-good").history();
        List<WorkloadHealth> early = List.of(unavailableSince(broke, due.minus(MILLISECOND)));
        assertThat(diagnoser.diagnose(history, early, null, due.minus(MILLISECOND)))
                .isEqualTo(new Finding(null, LIMITS.unhealthyFor()));
    }

    /** The Deployment of step 02, whose rollout had been completed. */
    private static WorkloadHealth unavailableSince(Instant broke, Instant now) throws Exception {
        Recording recording = Recording.of("02-upgrade-good");
        ObjectNode live = recording.object("Deployment", "web").orElseThrow();
        ((ObjectNode) live.path("status")).put("readyReplicas", 0).put("availableReplicas", 0);
        live.at("/status/conditions").forEach(condition -> {
            if (condition.path("type").asText().equals("Available")) {
                ((ObjectNode) condition).put("status", "False").put("lastTransitionTime", broke.toString());
            }
        });
        return WorkloadHealth.of(
                deployment(recording), live, recording.history().newest().read().lastDeployed(), LIMITS, now);
    }

    @Test
    void revisionThatCannotBeReadIsToldAndLeftAlone() {
        List<StoredRevision> revisions =
                new ArrayList<>(Recording.of("02-upgrade-good").revisions());
        StoredRevision last = revisions.get(1);
        revisions.set(
                1,
                new StoredRevision(
                        last.namespace(), last.secret(), last.uid(), "7", last.labels(), Map.of(), "bm90IGdvb2Q="));
        ReleaseHistory history = ReleaseHistory.of(revisions).get(0);
        HelmDiagnosis diagnosis = diagnosis(history, List.of(), null, Instant.parse("2026-11-21T05:00:00Z"));
        assertThat(diagnosis).isInstanceOf(HelmReleaseUnreadable.class);
        assertThat(RollbackPlan.of(diagnosis, Experience.NONE, "id"))
                .isInstanceOfSatisfying(Decision.Leave.class, leave -> assertThat(leave.reason())
                        .contains("Secret helm-plain/sh.helm.release.v1.web.v2"));
    }

    @Test
    void revisionThatWasSeenToBeGoodGoesBeforeAYoungerOneThatWasNot() {
        ReleaseHistory history = Recording.of("03-upgrade-fails-wait").history();
        assertThat(history.lastGood(new Experience(Set.of(1), Set.of())))
                .isEqualTo(new ReleaseHistory.Choice.Target(1, "revision 1 was verified in operation"));
        assertThat(history.lastGood(new Experience(Set.of(), Set.of(2))))
                .isInstanceOfSatisfying(ReleaseHistory.Choice.Target.class, target -> assertThat(target.revision())
                        .isEqualTo(1));
        assertThat(history.lastGood(new Experience(Set.of(), Set.of(1, 2))))
                .isEqualTo(
                        new ReleaseHistory.Choice.None("revision 2 was seen to be bad; revision 1 was seen to be bad"));
    }

    @Test
    void failedRevisionThatHelmCallsSupersededIsNoTarget() throws Exception {
        // Step 12: revisions 1 (failed) and 2 (superseded, but it had failed), then a good one.
        assertThat(Recording.of("12-upgrade-good-after-failures").history().lastGood(Experience.NONE))
                .isEqualTo(new ReleaseHistory.Choice.None("revision 2 is called superseded, but had ended with: "
                        + "Upgrade \"web\" failed: context deadline exceeded; revision 1 is failed"));
    }

    @Test
    void revisionThatWasRolledBackFromIsNoTarget() throws Exception {
        // 1 and 2 good, 3 bad, 4 "Rollback to 2", 5 bad: neither 3 nor what equals it, but 4.
        ReleaseHistory history = made(
                "one|Install complete",
                "two|Upgrade complete",
                "three|Upgrade complete",
                "two|Rollback to 2",
                "five|Upgrade complete");
        assertThat(history.lastGood(Experience.NONE))
                .isInstanceOfSatisfying(ReleaseHistory.Choice.Target.class, target -> assertThat(target.revision())
                        .isEqualTo(4));
        // 4 itself is bad: not 3, not 2 (the same manifest), but 1.
        history = made("one|Install complete", "two|Upgrade complete", "three|Upgrade complete", "two|Rollback to 2");
        assertThat(history.lastGood(Experience.NONE))
                .isInstanceOfSatisfying(ReleaseHistory.Choice.Target.class, target -> assertThat(target.revision())
                        .isEqualTo(1));
        // A rollback that failed says no longer where it went, but what it was to leave is left.
        history = made(
                "one|Install complete",
                "two|Upgrade complete",
                "three|Upgrade complete",
                "x|Rollback \"web\" failed: no");
        assertThat(history.lastGood(Experience.NONE))
                .isInstanceOfSatisfying(ReleaseHistory.Choice.Target.class, target -> assertThat(target.revision())
                        .isEqualTo(2));
    }

    private HelmDiagnosis diagnosis(
            ReleaseHistory history, List<WorkloadHealth> workloads, @Nullable Instant seenSince, Instant now) {
        return Objects.requireNonNull(
                diagnoser.diagnose(history, workloads, seenSince, now).diagnosis());
    }

    private static ReleaseHistory made(String... revisions) throws Exception {
        List<StoredRevision> stored = new ArrayList<>();
        StoredRevision pattern = Recording.of("01-install").revision(1);
        for (int i = 0; i < revisions.length; i++) {
            String[] parts = revisions[i].split("\\|", 2);
            var json = pattern.read().json();
            json.put("version", i + 1).put("manifest", parts[0]);
            boolean newest = i + 1 == revisions.length;
            String status = newest ? (parts[1].contains("failed") ? "failed" : "deployed") : "superseded";
            ((ObjectNode) json.path("info")).put("description", parts[1]).put("status", status);
            stored.add(new StoredRevision(
                    "helm-plain",
                    "s" + i,
                    "u",
                    "1",
                    Map.of("name", "web", "owner", "helm", "status", status, "version", Integer.toString(i + 1)),
                    Map.of(),
                    Recording.pack(json)));
        }
        return ReleaseHistory.of(stored).get(0);
    }

    private static ReleaseHistory asDeployed(Recording recording) throws Exception {
        List<StoredRevision> revisions = new ArrayList<>();
        for (StoredRevision stored : recording.revisions()) {
            Release release = stored.read();
            Release changed = stored.version() == 3
                    ? release.with(ReleaseStatus.DEPLOYED, "Upgrade complete")
                    : release.with(ReleaseStatus.SUPERSEDED);
            Map<String, String> labels = new HashMap<>(stored.labels());
            labels.put("status", changed.status().toString());
            revisions.add(new StoredRevision(
                    stored.namespace(),
                    stored.secret(),
                    stored.uid(),
                    "1",
                    labels,
                    Map.of(),
                    ReleasePayload.encode(changed)));
        }
        return ReleaseHistory.of(revisions).get(0);
    }

    private static ManifestObject deployment(Recording recording) throws Exception {
        return Manifest.parse(recording.history().newest().read().manifest()).stream()
                .filter(WorkloadHealth::concerns)
                .findFirst()
                .orElseThrow();
    }

    private static WorkloadHealth health(ManifestObject manifest, ObjectNode live, Instant now) {
        return WorkloadHealth.of(manifest, live, now.minus(Duration.ofMinutes(10)), LIMITS, now);
    }

    private static List<WorkloadHealth> workloads(Recording recording, Instant now) throws Exception {
        Release release = recording.history().newest().read();
        List<WorkloadHealth> workloads = new ArrayList<>();
        for (ManifestObject object : Manifest.parse(release.manifest())) {
            if (WorkloadHealth.concerns(object)) {
                workloads.add(WorkloadHealth.of(
                        object,
                        recording.object(object.kind(), object.name()).orElse(null),
                        release.lastDeployed(),
                        LIMITS,
                        now));
            }
        }
        return workloads;
    }
}
