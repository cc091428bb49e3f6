package dev.kintsugi.chaos.lint;

import dev.kintsugi.chaos.lint.Finding.Severity;
import dev.kintsugi.chaos.model.Experiment;
import dev.kintsugi.chaos.model.Fault;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.Mode;
import dev.kintsugi.chaos.model.PodInfo;
import dev.kintsugi.chaos.model.Target;
import dev.kintsugi.chaos.model.Traffic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what Chaos Mesh accepts without a word though it has no effect: a selector that matches nothing, a stressor without
 * workers, a fault of size 0, a container that is not there, a field that is ignored.
 */
public final class Linter {
    private final Experiment experiment;
    private final List<PodInfo> targets;
    private final Collection<PodInfo> pods;
    private final List<Finding> findings = new ArrayList<>();

    private Linter(Experiment experiment, Collection<PodInfo> pods) {
        this.experiment = experiment;
        this.pods = pods;
        this.targets = matching(experiment.target());
    }

    /**
     * Looks at an experiment.
     *
     * @param pods those of the cluster, at least of the namespaces that the experiment looks at
     * @return the worst first; empty when there is nothing to say
     */
    public static List<Finding> lint(Experiment experiment, Collection<PodInfo> pods) {
        Linter linter = new Linter(experiment, pods);
        linter.targets("spec.selector", experiment.target());
        linter.containers();
        linter.duration();
        experiment.fault().accept(linter.new FaultRules());
        return linter.findings.stream()
                .sorted((a, b) -> a.severity().compareTo(b.severity()))
                .toList();
    }

    private List<PodInfo> matching(Target target) {
        return pods.stream()
                .filter(pod -> target.selector().matches(pod, experiment.namespace()))
                .toList();
    }

    private void targets(String field, Target target) {
        List<PodInfo> matching = matching(target);
        String what = target.selector().describe(experiment.namespace());
        if (matching.isEmpty()) {
            cannotBite(field, "no pod matches: " + what, "correct the selector, or deploy the workload first");
        } else if (matching.stream().noneMatch(PodInfo::isAlive)) {
            cannotBite(field, "every matching pod is finished or going: " + what, "wait until the workload is up");
        } else if (target.mode().kind() == Mode.Kind.RANDOM_MAX_PERCENT) {
            warn(
                    field.replace("selector", "mode"),
                    target.mode() + " may choose nobody",
                    "use fixed-percent when the experiment has to hit something");
        }
        if (experiment.fault().kind() == Kind.NETWORK_CHAOS && matching.stream().anyMatch(PodInfo::hostNetwork)) {
            cannotBite(
                    field,
                    "a matching pod uses the host's network, which network chaos refuses",
                    "choose pods with a network of their own");
        }
    }

    /** Container names that no target has. */
    private void containers() {
        for (String name : experiment.fault().containerNames()) {
            if (!targets.isEmpty() && targets.stream().noneMatch(pod -> has(pod, name))) {
                cannotBite(
                        "spec.containerNames",
                        "no matching pod has a container " + name,
                        "name one of "
                                + targets.stream()
                                        .flatMap(pod -> pod.containers().stream())
                                        .map(PodInfo.Container::name)
                                        .distinct()
                                        .sorted()
                                        .toList());
            }
        }
    }

    private static boolean has(PodInfo pod, String container) {
        return pod.containers().stream().anyMatch(c -> c.name().equals(container));
    }

    private void duration() {
        if (experiment.fault().isOneShot() && experiment.duration() != null) {
            warn(
                    "spec.duration",
                    "ignored: " + experiment.fault().action() + " happens once and is not taken back",
                    "leave it out");
        }
    }

    private void workers(String field, int workers) {
        if (workers == 0) {
            cannotBite(
                    field,
                    "without workers no stressor is started, though the experiment will say Injected",
                    "give at least 1 worker");
        }
    }

    private void peer(Traffic traffic) {
        @Nullable Target peer = traffic.peer();
        if (peer != null) {
            targets("spec.target.selector", peer);
        }
    }

    private void cannotBite(String field, String problem, String fix) {
        findings.add(new Finding(Severity.CANNOT_BITE, field, problem, fix));
    }

    private void warn(String field, String problem, String fix) {
        findings.add(new Finding(Severity.WARNING, field, problem, fix));
    }

    /** What can be wrong with each fault. The answer is not used; the findings are. */
    private final class FaultRules implements Fault.Visitor<Boolean> {

        @Override
        public Boolean podKill(Fault.PodKill fault) {
            return true;
        }

        @Override
        public Boolean podFailure(Fault.PodFailure fault) {
            return true;
        }

        @Override
        public Boolean containerKill(Fault.ContainerKill fault) {
            return true;
        }

        @Override
        public Boolean networkLoss(Fault.NetworkLoss fault) {
            if (fault.loss().value() == 0) {
                cannotBite("spec.loss.loss", "a loss of 0 % drops nothing", "give a percentage above 0");
            }
            peer(fault.traffic());
            return true;
        }

        @Override
        public Boolean networkDelay(Fault.NetworkDelay fault) {
            if (fault.latency().isZero()) {
                cannotBite("spec.delay.latency", "a latency of 0 delays nothing", "give a duration such as 100ms");
            } else if (fault.jitter().compareTo(fault.latency()) > 0) {
                warn("spec.delay.jitter", "greater than the latency, so that it is cut off at 0", "give less jitter");
            }
            peer(fault.traffic());
            return true;
        }

        @Override
        public Boolean networkPartition(Fault.NetworkPartition fault) {
            peer(fault.traffic());
            return true;
        }

        @Override
        public Boolean memoryStress(Fault.MemoryStress fault) {
            workers("spec.stressors.memory.workers", fault.workers());
            if (fault.size() instanceof MemorySize.ShareOfLimit
                    && targets.stream().anyMatch(this::isUnlimited)) {
                cannotBite(
                        MemorySize.FIELD,
                        "a share of the memory limit was asked for, but a container has no limit",
                        "set resources.limits.memory, or give the size in bytes");
            }
            if (fault.size().bytes(Long.MAX_VALUE) == 0) {
                cannotBite(MemorySize.FIELD, "a size of 0 occupies nothing", MemorySize.REMEDY);
            }
            return true;
        }

        @Override
        public Boolean cpuStress(Fault.CpuStress fault) {
            workers("spec.stressors.cpu.workers", fault.workers());
            if (fault.load() == 0) {
                cannotBite("spec.stressors.cpu.load", "a load of 0 % burns nothing", "give a load from 1 to 100");
            }
            return true;
        }

        private boolean isUnlimited(PodInfo pod) {
            List<String> names = experiment.fault().containerNames();
            return pod.containers().stream()
                    .filter(container -> names.isEmpty() || names.contains(container.name()))
                    .limit(names.isEmpty() ? 1 : names.size())
                    .map(PodInfo.Container::memoryLimitBytes)
                    .anyMatch(Objects::isNull);
        }
    }
}
