package dev.kintsugi.chaos.mesh;

import dev.kintsugi.chaos.model.Bandwidth;
import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.chaos.model.HttpRule;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.Mode;
import dev.kintsugi.chaos.model.NetworkEmulation;
import dev.kintsugi.chaos.model.PacketHarm;
import dev.kintsugi.chaos.model.Percentage;
import dev.kintsugi.chaos.model.Selector;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.chaos.model.Traffic;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes experiments as resources of Chaos Mesh ({@code chaos-mesh.org/v1alpha1}, schemas of 2.8). */
public final class Manifests {
    /** API group of Chaos Mesh. */
    public static final String GROUP = "chaos-mesh.org";

    /** Version of that group. */
    public static final String VERSION = "v1alpha1";

    /** Label on everything that the driver creates. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /** Its value. */
    public static final String KINTSUGI = "kintsugi";

    private Manifests() {}

    /** How the client addresses resources of a kind. */
    public static ResourceDefinitionContext context(Kind kind) {
        return context(kind.text());
    }

    /** How the client addresses resources of any kind of Chaos Mesh. */
    public static ResourceDefinitionContext context(String kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(GROUP)
                .withVersion(VERSION)
                .withKind(kind)
                .withPlural(plural(kind))
                .withNamespaced(true)
                .build();
    }

    /** The name of a kind in paths and permissions: that of experiments is the singular, {@code podchaos}. */
    public static String plural(String kind) {
        String lower = kind.toLowerCase(Locale.ROOT);
        return lower.endsWith("chaos") ? lower : lower + "s";
    }

    /** The resource that an experiment becomes. */
    public static GenericKubernetesResource resource(Experiment experiment) {
        GenericKubernetesResource resource = new GenericKubernetesResource();
        resource.setApiVersion(GROUP + "/" + VERSION);
        resource.setKind(experiment.fault().kind().text());
        resource.setMetadata(new ObjectMetaBuilder()
                .withName(experiment.name())
                .withNamespace(experiment.namespace())
                .addToLabels(MANAGED_BY, KINTSUGI)
                .build());
        resource.setAdditionalProperty("spec", spec(experiment));
        return resource;
    }

    /** The {@code spec} of that resource. */
    public static Map<String, Object> spec(Experiment experiment) {
        Fault fault = experiment.fault();
        Map<String, Object> spec = new LinkedHashMap<>();
        if (fault.kind() != Kind.STRESS_CHAOS && fault.kind() != Kind.HTTP_CHAOS) {
            spec.put("action", fault.action());
        }
        spec.putAll(target(experiment.target()));
        spec.putAll(fault.accept(new FaultFields()));
        if (!fault.containerNames().isEmpty()) {
            spec.put("containerNames", fault.containerNames());
        }
        if (experiment.duration() != null) {
            spec.put("duration", GoDuration.format(experiment.duration()));
        }
        return spec;
    }

    private static Map<String, Object> target(Target target) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("mode", target.mode().kind().text());
        if (target.mode().kind() != Mode.Kind.ONE && target.mode().kind() != Mode.Kind.ALL) {
            fields.put("value", Integer.toString(target.mode().value()));
        }
        fields.put("selector", selector(target.selector()));
        return fields;
    }

    private static Map<String, Object> selector(Selector selector) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (!selector.namespaces().isEmpty()) {
            fields.put("namespaces", selector.namespaces());
        }
        if (!selector.labels().isEmpty()) {
            fields.put("labelSelectors", selector.labels());
        }
        if (!selector.pods().isEmpty()) {
            fields.put("pods", selector.pods());
        }
        return fields;
    }

    /** The fields that belong to one fault alone. */
    private static final class FaultFields implements Fault.Visitor<Map<String, Object>> {

        @Override
        public Map<String, Object> podKill(Fault.PodKill fault) {
            return Map.of("gracePeriod", fault.gracePeriodSeconds());
        }

        @Override
        public Map<String, Object> podFailure(Fault.PodFailure fault) {
            return Map.of();
        }

        @Override
        public Map<String, Object> containerKill(Fault.ContainerKill fault) {
            return Map.of();
        }

        @Override
        public Map<String, Object> networkLoss(Fault.NetworkLoss fault) {
            return network(
                    fault.traffic(),
                    "loss",
                    Map.of("loss", fault.loss().text(), "correlation", correlation(fault.correlation())));
        }

        @Override
        public Map<String, Object> networkDelay(Fault.NetworkDelay fault) {
            return network(
                    fault.traffic(),
                    "delay",
                    Map.of(
                            "latency", single(fault.latency()),
                            "jitter", single(fault.jitter()),
                            "correlation", correlation(fault.correlation())));
        }

        @Override
        public Map<String, Object> networkPartition(Fault.NetworkPartition fault) {
            return traffic(fault.traffic());
        }

        @Override
        public Map<String, Object> packetHarm(PacketHarm fault) {
            return network(
                    fault.traffic(),
                    fault.action(),
                    Map.of(fault.action(), fault.share().text(), "correlation", correlation(fault.correlation())));
        }

        @Override
        public Map<String, Object> networkEmulation(NetworkEmulation fault) {
            Map<String, Object> fields = traffic(fault.traffic());
            if (fault.loss().value() > 0) {
                fields.put("loss", Map.of("loss", fault.loss().text(), "correlation", "0"));
            }
            if (!fault.latency().isZero()) {
                fields.put(
                        "delay",
                        Map.of(
                                "latency",
                                single(fault.latency()),
                                "jitter",
                                single(fault.jitter()),
                                "correlation",
                                "0"));
            }
            return fields;
        }

        @Override
        public Map<String, Object> bandwidth(Bandwidth fault) {
            return network(
                    fault.traffic(),
                    "bandwidth",
                    Map.of(
                            "rate",
                            fault.bytesPerSecond() + "bps",
                            "limit",
                            fault.limitBytes(),
                            "buffer",
                            fault.bufferBytes()));
        }

        @Override
        public Map<String, Object> httpRule(HttpRule fault) {
            Map<String, Object> fields = new LinkedHashMap<>();
            HttpRule.Change change = fault.change();
            boolean ofAnswer = change instanceof HttpRule.Change.Status || change instanceof HttpRule.Change.Header;
            fields.put("target", ofAnswer ? "Response" : "Request");
            fields.put("port", fault.port());
            fields.put("path", "*");
            if (change instanceof HttpRule.Change.Abort) {
                fields.put("abort", true);
            } else if (change instanceof HttpRule.Change.Delay delay) {
                fields.put("delay", single(delay.by()));
            } else if (change instanceof HttpRule.Change.Status status) {
                fields.put("replace", Map.of("code", status.code()));
            } else if (change instanceof HttpRule.Change.Header header) {
                fields.put("patch", Map.of("headers", List.of(List.of(header.name(), header.value()))));
            }
            return fields;
        }

        @Override
        public Map<String, Object> memoryStress(Fault.MemoryStress fault) {
            Map<String, Object> memory = new LinkedHashMap<>();
            memory.put("workers", fault.workers());
            memory.put("size", fault.size().text());
            if (fault.oomScoreAdj() != 0) {
                memory.put("oomScoreAdj", fault.oomScoreAdj());
            }
            return Map.of("stressors", Map.of("memory", memory));
        }

        @Override
        public Map<String, Object> cpuStress(Fault.CpuStress fault) {
            return Map.of("stressors", Map.of("cpu", Map.of("workers", fault.workers(), "load", fault.load())));
        }

        private static Map<String, Object> network(Traffic traffic, String name, Map<String, Object> parameters) {
            Map<String, Object> fields = traffic(traffic);
            fields.put(name, parameters);
            return fields;
        }

        private static Map<String, Object> traffic(Traffic traffic) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("direction", traffic.direction().text());
            if (traffic.peer() != null) {
                fields.put("target", target(traffic.peer()));
            }
            if (!traffic.externalTargets().isEmpty()) {
                fields.put("externalTargets", List.copyOf(traffic.externalTargets()));
            }
            return fields;
        }

        private static String correlation(Percentage correlation) {
            return correlation.text();
        }

        /** The schema takes a single number with its unit here, so {@code 1m30s} has to be {@code 90s}. */
        private static String single(Duration duration) {
            if (duration.toSeconds() > 0 && duration.toNanosPart() != 0) {
                return duration.toNanos() + "ns";
            }
            return duration.toSeconds() > 0 ? duration.toSeconds() + "s" : GoDuration.format(duration);
        }
    }
}
