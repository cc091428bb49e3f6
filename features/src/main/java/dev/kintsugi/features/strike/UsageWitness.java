package dev.kintsugi.features.strike;

import dev.kintsugi.chaos.guard.Member;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.features.recording.PodUsage;
import dev.kintsugi.features.recording.Proofs;
import dev.kintsugi.reports.model.Proof;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether memory became resident in a pod, or CPU time was spent: by the kubelet's account, and by an OOMKilled container. */
final class UsageWitness implements Witness {

    private record Look(long atNanos, PodUsage usage) {}

    private final Part part;
    private final Member victim;
    private final KubernetesClient client;
    private final List<Look> looks = new ArrayList<>();
    private final int restartsBefore;
    private int restarts;
    private boolean oomKilled;
    private double cpuLimit = Double.MAX_VALUE;

    UsageWitness(Part part, Member victim, KubernetesClient client) {
        this.part = part;
        this.victim = victim;
        this.client = client;
        look();
        restartsBefore = restarts;
        oomKilled = false;
    }

    @Override
    public void look() {
        try {
            Pod pod = client.pods()
                    .inNamespace(victim.pod().namespace())
                    .withName(victim.pod().name())
                    .get();
            if (pod != null && pod.getMetadata().getUid().equals(victim.pod().uid())) {
                see(pod);
                PodUsage.read(client, pod).ifPresent(usage -> looks.add(new Look(System.nanoTime(), usage)));
            }
        } catch (KubernetesClientException e) {
            // Not seen this time; the next look may.
        }
    }

    private void see(Pod pod) {
        cpuLimit = pod.getSpec().getContainers().stream()
                .findFirst()
                .map(container -> container.getResources() == null
                                || container.getResources().getLimits() == null
                        ? null
                        : container.getResources().getLimits().get("cpu"))
                .map(limit -> Quantity.getAmountInBytes(limit).doubleValue())
                .orElse(Double.MAX_VALUE);
        if (pod.getStatus() == null) {
            return;
        }
        restarts = pod.getStatus().getContainerStatuses().stream()
                .mapToInt(status -> Objects.requireNonNullElse(status.getRestartCount(), 0))
                .sum();
        oomKilled |= pod.getStatus().getContainerStatuses().stream()
                .anyMatch(status -> isOomKilled(status.getState())
                        || (restarts > restartsBefore() && isOomKilled(status.getLastState())));
    }

    private int restartsBefore() {
        return restartsBefore;
    }

    private static boolean isOomKilled(@Nullable ContainerState state) {
        return state != null
                && state.getTerminated() != null
                && "OOMKilled".equals(state.getTerminated().getReason());
    }

    @Override
    public boolean isSure() {
        return oomKilled;
    }

    @Override
    public Proof proof(long requestedNanos, long injectedNanos, long liftedNanos) {
        String target = victim.pod().id();
        Tree stressors = part.spec().at("stressors");
        List<Look> before =
                looks.stream().filter(look -> look.atNanos() < requestedNanos).toList();
        List<Look> during = looks.stream()
                .filter(look -> look.atNanos() >= injectedNanos && look.atNanos() <= liftedNanos)
                .toList();
        boolean memory = stressors.at("memory").exists();
        if (before.isEmpty() || during.isEmpty()) {
            return memory && oomKilled
                    ? Proofs.oomKilled(target)
                    : Proofs.unknown(
                            target,
                            "the kubelet of its node does not tell what it uses (nodes/proxy, stats/summary), or may not"
                                    + " be asked");
        }
        return memory
                ? memory(target, stressors.at("memory"), before, during)
                : cpu(target, stressors.at("cpu"), before, during);
    }

    private Proof memory(String target, Tree stressor, List<Look> before, List<Look> during) {
        long peak = during.stream()
                .mapToLong(look -> look.usage().residentBytes())
                .max()
                .orElse(0);
        try {
            Long limit = victim.pod().containers().stream()
                    .findFirst()
                    .map(PodInfo.Container::memoryLimitBytes)
                    .orElse(null);
            long asked = MemorySize.parse(stressor.at("size").text("")).bytes(limit);
            return Proofs.memory(
                    target, asked, before.get(before.size() - 1).usage().residentBytes(), peak, oomKilled);
        } catch (InvalidExperiment | IllegalStateException e) {
            return Proofs.unknown(target, "how much memory was asked for is not known");
        }
    }

    private Proof cpu(String target, Tree stressor, List<Look> before, List<Look> during) {
        double asked =
                Math.min(stressor.at("workers").number(0) * stressor.at("load").number(100) / 100.0, cpuLimit);
        PodUsage last = before.get(before.size() - 1).usage();
        Optional<Double> was = last.coresSince(before.get(0).usage());
        Optional<Double> is =
                during.get(during.size() - 1).usage().coresSince(during.get(0).usage());
        return was.isPresent() && is.isPresent()
                ? Proofs.cpu(target, asked, was.get(), is.get())
                : Proofs.unknown(
                        target,
                        "the kubelet measured its CPU time too seldom; let the fault last longer, 30 s or more");
    }

    @Override
    public void close() {}
}
