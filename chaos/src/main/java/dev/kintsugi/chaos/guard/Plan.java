package dev.kintsugi.chaos.guard;

import dev.kintsugi.chaos.manifest.Manifest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What applying a manifest would do.
 *
 * @param seed from which the victims were drawn
 * @param aims of all its faults
 */
public record Plan(Manifest manifest, long seed, List<Aim> aims) {

    /**
     * How much of a workload is hit.
     *
     * @param hit pods that are hit, at most
     * @param of pods that are alive
     */
    public record Share(Workload workload, int hit, int of) {

        /** From 0 to 1. */
        public double fraction() {
            return of == 0 ? 0 : (double) hit / of;
        }

        @Override
        public String toString() {
            return hit + " of " + of + " pods of " + workload + " (" + Math.round(fraction() * 100) + " %)";
        }
    }

    public Plan {
        aims = List.copyOf(aims);
    }

    /** All pods that are broken, each once. */
    public List<Member> victims() {
        Set<Member> victims = new LinkedHashSet<>();
        aims.stream().filter(Aim::isBroken).forEach(aim -> victims.addAll(aim.victims()));
        return List.copyOf(victims);
    }

    /** Whether the victims are written into the resource; else Chaos Mesh chooses them when the time comes. */
    public boolean isPinned() {
        return aims.stream().allMatch(Aim::pinned);
    }

    /** The namespaces in which pods are broken. */
    public Set<String> namespaces() {
        Set<String> namespaces = new TreeSet<>();
        aims.stream()
                .filter(Aim::isBroken)
                .flatMap(aim -> (aim.pinned() ? aim.victims() : aim.matching()).stream())
                .forEach(member -> namespaces.add(member.pod().namespace()));
        return namespaces;
    }

    /**
     * How much of each workload is hit by the worst of its faults: a Workflow's may come one after the other, but nothing keeps
     * them from overlapping in a workload that has not recovered, so their victims are united.
     */
    public List<Share> shares(Surroundings surroundings) {
        Map<Workload, Set<String>> hit = new TreeMap<>();
        for (Aim aim : aims) {
            if (aim.isBroken()) {
                Collection<Member> within = aim.pinned() ? aim.victims() : aim.matching();
                Map<Workload, Integer> taken = new LinkedHashMap<>();
                for (Member member : within) {
                    if (taken.merge(member.workload(), 1, Integer::sum)
                            <= aim.victims().size()) {
                        hit.computeIfAbsent(member.workload(), any -> new TreeSet<>())
                                .add(member.pod().id());
                    }
                }
            }
        }
        return hit.entrySet().stream()
                .map(entry -> new Share(
                        entry.getKey(),
                        entry.getValue().size(),
                        surroundings.of(entry.getKey()).size()))
                .toList();
    }

    /**
     * How many of a budget's pods are hit at most.
     *
     * @return 0 when it is not concerned
     */
    public int disrupted(Budget budget) {
        return aims.stream()
                .filter(Aim::isBroken)
                .mapToInt(aim ->
                        Math.min(aim.victims().size(), budget.covered(aim.pinned() ? aim.victims() : aim.matching())))
                .sum();
    }
}
