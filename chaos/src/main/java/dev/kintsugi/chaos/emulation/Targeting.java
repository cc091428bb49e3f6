package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.emulation.Operation.Verb;
import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.mesh.TargetRecord;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.PodInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides what has to be done to one target, to bring a fault about or to take it back. */
final class Targeting {
    private static final String PAUSE_IMAGE = "gcr.io/google-containers/pause:latest";
    private static final int MAX_ANNOTATION_NAME = 63;

    private final Chaos chaos;
    private final List<TargetRecord> records;
    private final ClusterView cluster;

    Targeting(Chaos chaos, List<TargetRecord> records, ClusterView cluster) {
        this.chaos = chaos;
        this.records = records;
        this.cluster = cluster;
    }

    /** The step of a record towards {@code Injected}. */
    Operation apply(int index) {
        TargetRecord record = records.get(index);
        if (record.phase().equals(TargetRecord.WAIT_FOR_INJECTION)) {
            return new Operation(index, Verb.APPLY, new Effect.Nothing(), TargetRecord.INJECTED);
        }
        Optional<PodInfo> pod = cluster.podOf(record.id());
        Effect effect = pod.isEmpty()
                ? new Effect.Impossible("pods \"" + podName(record) + "\" not found")
                : apply(record, pod.get());
        String phase = effect.isAwaited() ? TargetRecord.WAIT_FOR_INJECTION : TargetRecord.INJECTED;
        return new Operation(index, Verb.APPLY, effect, phase);
    }

    /** The step of a record towards {@code Not Injected}. What has disappeared counts as recovered. */
    Operation recover(int index) {
        TargetRecord record = records.get(index);
        Effect effect = record.phase().equals(TargetRecord.WAIT_FOR_RECOVERY)
                ? new Effect.Nothing()
                : cluster.podOf(record.id()).map(pod -> recover(record, pod)).orElse(new Effect.Nothing());
        String phase = effect.isAwaited() ? TargetRecord.WAIT_FOR_RECOVERY : TargetRecord.NOT_INJECTED;
        return new Operation(index, Verb.RECOVER, effect, phase);
    }

    private Effect apply(TargetRecord record, PodInfo pod) {
        return switch (chaos.kind()) {
            case POD_CHAOS -> applyToPod(record, pod);
            case NETWORK_CHAOS -> applyToNetwork(record, pod);
            case STRESS_CHAOS -> startStressor(record, pod);
            case HTTP_CHAOS -> applyToHttp(record, pod);
            case IO_CHAOS, DNS_CHAOS, TIME_CHAOS, KERNEL_CHAOS, JVM_CHAOS ->
                new Effect.Impossible(NotEmulated.reason(chaos.kind()));
        };
    }

    private Effect applyToPod(TargetRecord record, PodInfo pod) {
        return switch (chaos.action()) {
            case "pod-kill" ->
                new Effect.DeletePod(pod, chaos.spec().at("gracePeriod").number(0));
            case "pod-failure" -> new Effect.SwapImages(pod, annotationKeys(pod), PAUSE_IMAGE);
            case "container-kill" ->
                hasContainer(record, pod)
                        ? new Effect.KillContainer(pod, containerName(record))
                        : missingContainer(record);
            default -> new Effect.Impossible("unknown action " + chaos.action());
        };
    }

    private Effect recover(TargetRecord record, PodInfo pod) {
        return switch (chaos.kind()) {
            case POD_CHAOS ->
                chaos.action().equals("pod-failure")
                        ? new Effect.RestoreImages(pod, annotationKeys(pod))
                        : new Effect.Nothing();
            case NETWORK_CHAOS ->
                isShaped(record) ? new Effect.ClearNetwork(chaos.source(record), pod) : new Effect.Nothing();
            case STRESS_CHAOS ->
                instance(record)
                        .<Effect>map(instance -> new Effect.StopStressor(pod, containerName(record), instance))
                        .orElse(new Effect.Nothing());
            case HTTP_CHAOS -> new Effect.ClearHttp(chaos.source(record), pod);
            case IO_CHAOS, DNS_CHAOS, TIME_CHAOS, KERNEL_CHAOS, JVM_CHAOS -> new Effect.Nothing();
        };
    }

    private Effect applyToNetwork(TargetRecord record, PodInfo pod) {
        if (pod.hostNetwork()) {
            return new Effect.Impossible(
                    "It's dangerous to inject network chaos on a pod(" + pod.id() + ") with `hostNetwork`");
        }
        NetworkFaults faults = new NetworkFaults(chaos.spec());
        Optional<String> unsupported = faults.unsupported();
        if (unsupported.isPresent()) {
            return new Effect.Impossible(unsupported.get());
        }
        boolean isTarget = record.selectorKey().equals(".Target");
        if (!faults.concerns(isTarget)) {
            return new Effect.Nothing();
        }
        Optional<List<String>> peers = addresses(isTarget ? "." : ".Target");
        return peers.<Effect>map(addresses ->
                        new Effect.ApplyNetwork(chaos.source(record), pod, faults.fault(isTarget, addresses)))
                .orElse(new Effect.Impossible("a pod at the other end is gone or has no address yet"));
    }

    private Effect applyToHttp(TargetRecord record, PodInfo pod) {
        try {
            return new Effect.ApplyHttp(chaos.source(record), pod, HttpFaults.of(chaos.spec()));
        } catch (IllegalArgumentException e) {
            return new Effect.Impossible(String.valueOf(e.getMessage()));
        }
    }

    private boolean isShaped(TargetRecord record) {
        return new NetworkFaults(chaos.spec()).concerns(record.selectorKey().equals(".Target"));
    }

    /** The addresses of the pods on one side; empty when one of them has none. */
    private Optional<List<String>> addresses(String selectorKey) {
        List<String> addresses = records.stream()
                .filter(record -> record.selectorKey().equals(selectorKey))
                .map(record -> cluster.podOf(record.id()).map(PodInfo::ip).orElse(""))
                .toList();
        return addresses.contains("") ? Optional.empty() : Optional.of(addresses);
    }

    /** A stressor that runs already is left to run. One without workers is not started, and passes for injected. */
    private Effect startStressor(TargetRecord record, PodInfo pod) {
        if (!hasContainer(record, pod)) {
            return missingContainer(record);
        }
        if (instance(record).isPresent()) {
            return new Effect.Nothing();
        }
        if (chaos.spec().at("stressngStressors").text("").isEmpty()) {
            try {
                StressorSpec spec = stressorSpec(pod, containerName(record));
                return spec.isIdle()
                        ? new Effect.Nothing()
                        : new Effect.StartStressor(pod, containerName(record), spec);
            } catch (IllegalStateException | InvalidExperiment e) {
                return new Effect.Impossible(String.valueOf(e.getMessage()));
            }
        }
        return new Effect.Impossible("stressngStressors needs stress-ng, which is not there; use stressors");
    }

    private StressorSpec stressorSpec(PodInfo pod, String container) {
        Tree memory = chaos.spec().at("stressors", "memory");
        Tree cpu = chaos.spec().at("stressors", "cpu");
        String size = memory.at("size").text("");
        Optional<PodInfo.Container> found = pod.containers().stream()
                .filter(c -> c.name().equals(container))
                .findFirst();
        long bytes = size.isEmpty()
                ? 0
                : MemorySize.parse(size)
                        .bytes(found.map(PodInfo.Container::memoryLimitBytes).orElse(null));
        return new StressorSpec(
                (int) memory.at("workers").number(0),
                bytes,
                (int) cpu.at("workers").number(0),
                (int) cpu.at("load").number(100),
                (int) memory.at("oomScoreAdj").number(0));
    }

    /** Keeps in the status what the controllers have to know later: what runs, and under which name. */
    static void remember(
            Chaos chaos, TargetRecord after, Operation.Result result, Instant now, Map<String, Object> instances) {
        if (result.failure().isPresent()) {
            return;
        }
        Effect effect = result.operation().effect();
        if (effect instanceof Effect.StartStressor) {
            Map<String, Object> instance = new LinkedHashMap<>();
            instance.put("startTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
            instance.put("uid", result.instance());
            instances.put(after.id(), instance);
        } else if (effect.isAwaited()) {
            instances.merge(after.id(), 1L, (old, one) -> new Tree(old).number(0) + 1);
        } else if (chaos.kind() == Kind.STRESS_CHAOS && after.isNotInjected()) {
            instances.remove(after.id());
        }
    }

    private Optional<String> instance(TargetRecord record) {
        return Optional.ofNullable(
                new Tree(chaos.status().instances().get(record.id())).at("uid").text());
    }

    /** Where the images are kept meanwhile. A name that would be too long is shortened to the container's. */
    private Map<String, String> annotationKeys(PodInfo pod) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (PodInfo.Container container : pod.containers()) {
            String suffix = container.name() + "-normal";
            String key = "chaos-mesh-" + chaos.name() + "-" + chaos.action() + "-" + suffix + "-image";
            keys.put(container.name(), key.length() > MAX_ANNOTATION_NAME ? suffix : key);
        }
        return keys;
    }

    private static boolean hasContainer(TargetRecord record, PodInfo pod) {
        return pod.containers().stream()
                .anyMatch(container -> container.name().equals(containerName(record))
                        && !container.id().isEmpty());
    }

    private static Effect missingContainer(TargetRecord record) {
        return new Effect.Impossible(
                "fail to find container " + containerName(record) + " on pod " + podName(record) + ": not running");
    }

    private static String podName(TargetRecord record) {
        String[] parts = record.id().split("/", -1);
        return parts.length > 1 ? parts[1] : record.id();
    }

    private static String containerName(TargetRecord record) {
        return record.id().substring(record.id().lastIndexOf('/') + 1);
    }
}
