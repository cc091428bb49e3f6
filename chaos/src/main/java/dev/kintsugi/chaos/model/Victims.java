package dev.kintsugi.chaos.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

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
        List<PodInfo> inOrder = new ArrayList<>(pods);
        inOrder.sort(ORDER);
        return draw(seed, mode, inOrder);
    }

    /**
     * Draws as many as the mode says from those that are there. The choice depends on nothing but the seed, the mode and their
     * positions.
     *
     * @return the drawn ones in the order in which they were given
     */
    public static <T> List<T> draw(long seed, Mode mode, List<T> inOrder) {
        SplittableRandom random = new SplittableRandom(seed);
        int count = mode.count(inOrder.size(), random);
        if (count == inOrder.size()) {
            return List.copyOf(inOrder);
        }
        List<Integer> remaining =
                new ArrayList<>(IntStream.range(0, inOrder.size()).boxed().toList());
        TreeSet<Integer> chosen = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            chosen.add(remaining.remove(random.nextInt(remaining.size())));
        }
        return chosen.stream().map(inOrder::get).toList();
    }

    private static final Comparator<PodInfo> ORDER =
            Comparator.comparing(PodInfo::namespace).thenComparing(PodInfo::name);
}
