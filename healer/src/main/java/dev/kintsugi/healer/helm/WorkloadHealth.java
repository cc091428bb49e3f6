package dev.kintsugi.healer.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.healer.helm.HelmDiagnoser.Limits;
import dev.kintsugi.healer.helm.merge.MergePatch;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a workload of a release does, and whether that is the revision's doing.
 *
 * @param healthy whether as many of its pods are ready as it needs
 * @param blamed whether the revision made it ill; never true if it is healthy
 * @param evidence for people: what was seen
 */
public record WorkloadHealth(String workload, boolean healthy, boolean blamed, String evidence) {

    /** Whether it is a kind of which this can be told: Deployment, StatefulSet, DaemonSet. */
    public static boolean concerns(ManifestObject object) {
        return object.group().equals("apps")
                && switch (object.kind()) {
                    case "Deployment", "StatefulSet", "DaemonSet" -> true;
                    default -> false;
                };
    }

    /**
     * Judges a workload.
     *
     * <p>A revision is to blame if the rollout of its pod template has never been completed, or if a Deployment became unavailable
     * soon after the revision was deployed and has stayed so. It is not if the workload is gone, paused or scaled to
     * zero, or if somebody else has changed the pod template since.
     *
     * @param live null if it does not exist
     * @param deployed when the revision was
     */
    public static WorkloadHealth of(
            ManifestObject manifest, @Nullable ObjectNode live, Instant deployed, Limits limits, Instant now) {
        String name = manifest.toString();
        if (live == null) {
            return new WorkloadHealth(name, false, false, name + " is gone");
        }
        JsonNode spec = live.path("spec");
        JsonNode status = live.path("status");
        if (spec.path("paused").asBoolean()) {
            return new WorkloadHealth(name, true, false, name + " is paused");
        }
        boolean daemons = manifest.kind().equals("DaemonSet");
        int wanted = daemons
                ? status.path("desiredNumberScheduled").asInt()
                : spec.path("replicas").asInt(1);
        int updated = status.path(daemons ? "updatedNumberScheduled" : "updatedReplicas")
                .asInt();
        int ready = status.path(daemons ? "numberReady" : "readyReplicas").asInt();
        int total = daemons ? wanted : status.path("replicas").asInt();
        String evidence =
                "%s: %d of %d pods are ready, %d have the present template".formatted(name, ready, wanted, updated);
        if (Readiness.isObserved(live) && ready >= wanted && updated >= wanted && total <= wanted) {
            return new WorkloadHealth(name, true, false, evidence);
        }
        if (wanted == 0) {
            return new WorkloadHealth(name, true, false, name + " is scaled to zero");
        }
        if (!MergePatch.of(manifest.body(), manifest.body(), live)
                .body()
                .at("/spec/template")
                .isMissingNode()) {
            return new WorkloadHealth(name, false, false, evidence + "; its template was changed after the revision");
        }
        Optional<JsonNode> progressing = Readiness.condition(live, "Progressing");
        if (progressing.isEmpty()) {
            boolean unfinished =
                    updated < wanted || !status.path("currentRevision").equals(status.path("updateRevision"));
            return new WorkloadHealth(
                    name, false, unfinished, evidence + (unfinished ? "; its rollout is not completed" : ""));
        }
        String reason = progressing.get().path("reason").asText();
        if (!reason.equals("NewReplicaSetAvailable")) {
            return new WorkloadHealth(name, false, true, evidence + "; its rollout is not completed: " + reason);
        }
        boolean broke = Readiness.condition(live, "Available")
                .filter(available -> !Readiness.isTrue(available))
                .map(available ->
                        hasBrokenSoon(available.path("lastTransitionTime").asText(), deployed, limits, now))
                .orElse(false);
        return new WorkloadHealth(
                name,
                false,
                broke,
                evidence + (broke ? "; it broke soon after the revision" : "; its rollout had been completed"));
    }

    private static boolean hasBrokenSoon(String time, Instant deployed, Limits limits, Instant now) {
        try {
            // Kubernetes cuts off fractions of a second.
            Instant at = Instant.parse(time);
            return !at.isBefore(deployed.minusSeconds(1))
                    && !at.isAfter(deployed.plus(limits.blameWithin()))
                    && !now.isBefore(at.plus(limits.unhealthyFor()));
        } catch (DateTimeException e) {
            return false;
        }
    }
}
