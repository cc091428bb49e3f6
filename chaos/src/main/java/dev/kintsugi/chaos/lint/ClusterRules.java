package dev.kintsugi.chaos.lint;

import dev.kintsugi.chaos.guard.Aim;
import dev.kintsugi.chaos.guard.Budget;
import dev.kintsugi.chaos.guard.Member;
import dev.kintsugi.chaos.guard.Permission;
import dev.kintsugi.chaos.guard.Plan;
import dev.kintsugi.chaos.guard.Planner;
import dev.kintsugi.chaos.guard.Surroundings;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.model.InvalidExperiment;
import dev.kintsugi.chaos.model.MemorySize;
import dev.kintsugi.chaos.model.PodInfo;
import java.util.List;
import java.util.Objects;

/** What goes wrong with a manifest on one cluster: its targets, its rights, its kernels. */
final class ClusterRules {
    private final Manifest manifest;
    private final Surroundings cluster;
    private final Findings findings;

    private ClusterRules(Manifest manifest, Surroundings cluster, Findings findings) {
        this.manifest = manifest;
        this.cluster = cluster;
        this.findings = findings;
    }

    static void look(Manifest manifest, Surroundings cluster, Findings findings) {
        ClusterRules rules = new ClusterRules(manifest, cluster, findings);
        rules.resource();
        Plan plan = Planner.plan(manifest, cluster, 0);
        plan.aims().forEach(rules::aim);
        rules.budgets(plan);
    }

    private void resource() {
        if (!cluster.kinds().contains(manifest.kind())) {
            findings.error(
                    "kind",
                    "the cluster does not know " + manifest.kind(),
                    cluster.kinds().isEmpty() ? "install Chaos Mesh" : "install a Chaos Mesh that has it");
        }
        if (!cluster.namespaces().containsKey(manifest.namespace())) {
            findings.error(
                    "metadata.namespace",
                    "there is no namespace " + manifest.namespace(),
                    "create it, or name another");
        }
        if (cluster.has(manifest)) {
            findings.warning("metadata.name", manifest + " exists already", "remove it, or choose another name");
        }
        for (Permission needed : Permission.neededFor(manifest)) {
            if (cluster.denied().contains(needed)) {
                findings.error(
                        "kind",
                        "you may not " + needed,
                        "have a Role with verb " + needed.verb() + " on " + needed.resource() + " of group "
                                + needed.group() + " bound to you in " + needed.namespace());
            }
        }
    }

    private void aim(Aim aim) {
        String field = aim.path() + ".selector";
        if (aim.matching().isEmpty()) {
            findings.error(
                    field,
                    "no living pod matches in " + String.join(", ", Planner.namespaces(manifest)),
                    "correct the selector, or deploy the workload first");
            return;
        }
        if (aim.part().kind().equals("NetworkChaos")
                && aim.matching().stream().anyMatch(member -> member.pod().hostNetwork())) {
            findings.error(
                    field,
                    "a matching pod uses the host's network, which network chaos refuses",
                    "choose pods with a network of their own");
        }
        aim.matching().stream()
                .filter(member -> cluster.lacksNetem(aim.part(), member))
                .findFirst()
                .ifPresent(member -> findings.error(
                        field,
                        "node " + member.pod().nodeName() + " of pod "
                                + member.pod().name() + " has no sch_netem in its kernel",
                        "load the module there (modprobe sch_netem; on some systems it is in the package"
                                + " kernel-modules-extra), or choose pods elsewhere"));
        if (aim.isBroken()) {
            containers(aim);
            limits(aim);
        }
    }

    /** Container names that no target has. */
    private void containers(Aim aim) {
        List<String> names = aim.part().spec().at("containerNames").texts();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (aim.part().hitsContainers() && aim.matching().stream().noneMatch(member -> has(member, name))) {
                findings.error(
                        aim.part().path("containerNames[" + i + "]"),
                        "no matching pod has a container " + name,
                        "name one of "
                                + String.join(
                                        ", ",
                                        aim.matching().stream()
                                                .flatMap(member -> member.pod().containers().stream())
                                                .map(PodInfo.Container::name)
                                                .distinct()
                                                .sorted()
                                                .toList()));
            }
        }
    }

    private static boolean has(Member member, String container) {
        return member.pod().containers().stream().anyMatch(c -> c.name().equals(container));
    }

    /** A share of a limit needs a limit. */
    private void limits(Aim aim) {
        Part part = aim.part();
        String size = part.spec().at("stressors", "memory", "size").text("");
        try {
            if (part.kind().equals("StressChaos")
                    && !size.isEmpty()
                    && MemorySize.parse(size) instanceof MemorySize.ShareOfLimit
                    && aim.matching().stream().anyMatch(member -> isUnlimited(member, part))) {
                findings.error(
                        part.path("stressors.memory.size"),
                        "a share of the memory limit was asked for, but a container has no limit",
                        "set resources.limits.memory, or give the size in bytes");
            }
        } catch (InvalidExperiment e) {
            // The webhook's rules name it.
        }
    }

    private static boolean isUnlimited(Member member, Part part) {
        List<String> names = part.spec().at("containerNames").texts();
        return member.pod().containers().stream()
                .filter(container -> names.isEmpty() || names.contains(container.name()))
                .limit(names.isEmpty() ? 1 : names.size())
                .map(PodInfo.Container::memoryLimitBytes)
                .anyMatch(Objects::isNull);
    }

    /** Killing takes a pod away for sure; any other fault can make it unready. */
    private void budgets(Plan plan) {
        for (Budget budget : cluster.budgets()) {
            int disrupted = plan.disrupted(budget);
            if (disrupted > budget.allowed()) {
                String problem = "hits " + disrupted + (disrupted == 1 ? " pod" : " pods") + " of disruption budget "
                        + budget + ", which allows " + budget.allowed() + " now";
                String field = plan.aims().get(0).part().path("mode");
                if (plan.aims().stream().anyMatch(aim -> aim.part().kind().equals("PodChaos"))) {
                    findings.error(field, problem, "hit fewer, or wait until the workload is whole");
                } else {
                    findings.warning(
                            field, problem + ", should the fault make them unready", "hit fewer, or mind the risk");
                }
            }
        }
    }
}
