package dev.kintsugi.features.strike;

import dev.kintsugi.chaos.guard.Member;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.GoDuration;
import dev.kintsugi.features.recording.Proofs;
import dev.kintsugi.features.recording.Sample;
import dev.kintsugi.features.recording.TargetProbe;
import dev.kintsugi.reports.model.Proof;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether requests to a pod are lost, late, refused or answered otherwise. */
final class PathWitness implements Witness {
    /** A request that was due just before the fault may be answered within it. */
    private static final Duration MARGIN = Duration.ofMillis(300);

    private static final double PERCENT = 100;

    private final Part part;
    private final Member victim;
    private final TargetProbe probe;
    private final long beganNanos = System.nanoTime();

    private PathWitness(Part part, Member victim, TargetProbe probe) {
        this.part = part;
        this.victim = victim;
        this.probe = probe;
    }

    static Witness of(Part part, Member victim, KubernetesClient client, Vertx vertx) {
        Optional<String> hidden = hidden(part);
        if (hidden.isPresent()) {
            return new Blind(victim, hidden.get());
        }
        Pod pod = client.pods()
                .inNamespace(victim.pod().namespace())
                .withName(victim.pod().name())
                .get();
        Optional<TargetProbe> probe =
                pod == null ? Optional.empty() : TargetProbe.open(vertx, client, pod, port(part), path(part));
        return probe.<Witness>map(open -> new PathWitness(part, victim, open))
                .orElseGet(() -> new Blind(victim, "it declares no TCP port that requests could be sent to"));
    }

    /** Why requests from here do not meet the fault, if they do not. */
    private static Optional<String> hidden(Part part) {
        Tree spec = part.spec();
        if (part.kind().equals("HTTPChaos")) {
            boolean told = Boolean.TRUE.equals(spec.at("abort").value())
                    || spec.at("delay").exists()
                    || spec.at("replace", "code").exists();
            boolean met = spec.at("method").text("GET").equals("GET")
                    && !spec.at("request_headers").exists()
                    && !spec.at("response_headers").exists();
            return told && met
                    ? Optional.empty()
                    : Optional.of("plain GET requests from outside do not show what it does");
        }
        if (spec.at("target").exists() || spec.at("externalTargets").exists()) {
            return Optional.of("only the traffic with its target is hit, and requests from outside are none of it");
        }
        return switch (part.action()) {
            case "loss", "delay", "partition", "corrupt" -> Optional.empty();
            case "netem" ->
                spec.at("loss").exists()
                                || spec.at("corrupt").exists()
                                || spec.at("delay").exists()
                        ? Optional.empty()
                        : Optional.of("what it does cannot be told from single requests");
            default -> Optional.of(part.action() + " cannot be told from single requests");
        };
    }

    private static @Nullable Integer port(Part part) {
        long port = part.spec().at("port").number(0);
        return part.kind().equals("HTTPChaos") && port > 0 && port <= 65535 ? (Integer) (int) port : null;
    }

    private static String path(Part part) {
        String path = part.spec().at("path").text("/");
        int wild = path.indexOf('*');
        String fixed = wild < 0 ? path : path.substring(0, wild);
        return fixed.startsWith("/") ? fixed : "/";
    }

    @Override
    public void look() {}

    @Override
    public boolean isSure() {
        return false;
    }

    @Override
    public Proof proof(long requestedNanos, long injectedNanos, long liftedNanos) {
        Sample before = probe.between(beganNanos, requestedNanos - MARGIN.toNanos());
        Sample during = probe.between(injectedNanos, liftedNanos);
        String target = victim.pod().id();
        Tree spec = part.spec();
        if (part.kind().equals("HTTPChaos")) {
            if (Boolean.TRUE.equals(spec.at("abort").value())) {
                return Proofs.cutOff(target, before, during);
            }
            return spec.at("delay").exists()
                    ? Proofs.delay(target, duration(spec.at("delay")), before, during)
                    : Proofs.answers(target, (int) spec.at("replace", "code").number(0), before, during);
        }
        if (part.action().equals("partition")) {
            return Proofs.cutOff(target, before, during);
        }
        // A corrupted packet fails its checksum, so that it is lost to whom it was for.
        double lost = share(spec.at("loss", "loss"), spec.at("corrupt", "corrupt"));
        if (lost == 0 || part.action().equals("delay")) {
            Duration least = duration(spec.at("delay", "latency")).minus(duration(spec.at("delay", "jitter")));
            return Proofs.delay(target, least.isNegative() ? Duration.ZERO : least, before, during);
        }
        return lost == 1 ? Proofs.cutOff(target, before, during) : Proofs.loss(target, lost, before, during);
    }

    /** The share that either of the two takes. */
    private double share(Tree loss, Tree corrupt) {
        double kept = 1;
        if (!part.action().equals("corrupt")) {
            kept *= 1 - number(loss) / PERCENT;
        }
        if (!part.action().equals("loss")) {
            kept *= 1 - number(corrupt) / PERCENT;
        }
        return 1 - kept;
    }

    private static double number(Tree percentage) {
        try {
            return Double.parseDouble(percentage.text("0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Duration duration(Tree field) {
        try {
            return field.text("").isEmpty() ? Duration.ZERO : GoDuration.parse(field.text(""));
        } catch (IllegalArgumentException e) {
            return Duration.ZERO;
        }
    }

    @Override
    public void close() {
        probe.close();
    }
}
