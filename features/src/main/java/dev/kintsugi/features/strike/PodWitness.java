package dev.kintsugi.features.strike;

import dev.kintsugi.chaos.guard.Member;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.features.recording.Proofs;
import dev.kintsugi.reports.model.EffectVerdict;
import dev.kintsugi.reports.model.Proof;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/** Whether a pod was killed, its container killed, or the pod made to fail: by what the API says of it, by UID. */
final class PodWitness implements Witness {
    private final Part part;
    private final Member victim;
    private final KubernetesClient client;
    private final int restartsBefore;
    private final boolean readyBefore;
    private boolean gone;
    private boolean unready;
    private int restarts;

    PodWitness(Part part, Member victim, KubernetesClient client) {
        this.part = part;
        this.victim = victim;
        this.client = client;
        look();
        this.restartsBefore = restarts;
        this.readyBefore = victim.ready();
        this.unready = false;
    }

    @Override
    public void look() {
        try {
            Pod pod = client.pods()
                    .inNamespace(victim.pod().namespace())
                    .withName(victim.pod().name())
                    .get();
            see(pod);
        } catch (KubernetesClientException e) {
            // Not seen this time; the next look may.
        }
    }

    private void see(@Nullable Pod pod) {
        gone |= pod == null || !pod.getMetadata().getUid().equals(victim.pod().uid());
        if (pod == null || gone || pod.getStatus() == null) {
            return;
        }
        restarts = pod.getStatus().getContainerStatuses().stream()
                .mapToInt(status -> status.getRestartCount() == null ? 0 : status.getRestartCount())
                .sum();
        unready |= pod.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && !condition.getStatus().equals("True"));
    }

    @Override
    public boolean isSure() {
        return switch (part.action()) {
            case "pod-kill" -> gone;
            case "container-kill" -> restarts > restartsBefore;
            default -> unready;
        };
    }

    @Override
    public Proof proof(long requestedNanos, long injectedNanos, long liftedNanos) {
        String target = victim.pod().id();
        return switch (part.action()) {
            case "pod-kill" -> Proofs.gone(target, victim.pod().uid(), gone);
            case "container-kill" -> Proofs.restarted(target, restartsBefore, restarts);
            default ->
                !readyBefore
                        ? Proofs.unknown(target, "it was not ready before the fault")
                        : new Proof(
                                target,
                                unready ? EffectVerdict.CONFIRMED : EffectVerdict.NO_EFFECT,
                                unready ? "it was ready before the fault and not during it" : "it stayed ready");
        };
    }

    @Override
    public void close() {}
}
