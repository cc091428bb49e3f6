package dev.kintsugi.chaos.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Chooses the pods that are hit, so that a seed chooses the same ones again. */
public final class Victims {

    private Victims() {}

    /**
     * Chooses among the pods of a selector.
     *
     * <p>The pods are put in the order of namespace and name, then as many as the mode says are drawn with the seed. So the
     * choice depends on nothing but the seed, the mode and the names; two clusters with the same number of pods agree
     * on the positions that are hit.
     *
     * @return the chosen ones in the order of namespace and name
     */
    public static List<PodInfo> choose(long seed, Mode mode, Collection<PodInfo> pods) {
        List<PodInfo> remaining = new ArrayList<>(pods);
        remaining.sort(ORDER);
        SplittableRandom random = new SplittableRandom(seed);
        int count = mode.count(remaining.size(), random);
        if (count == remaining.size()) {
            return List.copyOf(remaining);
        }
        List<PodInfo> chosen = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chosen.add(remaining.remove(random.nextInt(remaining.size())));
        }
        chosen.sort(ORDER);
        return List.copyOf(chosen);
    }

    private static final Comparator<PodInfo> ORDER =
            Comparator.comparing(PodInfo::namespace).thenComparing(PodInfo::name);
}
