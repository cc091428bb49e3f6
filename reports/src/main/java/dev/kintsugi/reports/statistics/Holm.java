package dev.kintsugi.reports.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holm's correction (1979): probabilities made larger, so that rejecting what is below a level rejects a true hypothesis among all of
 * them with at most the probability of that level, however they depend on each other.
 */
public final class Holm {

    private Holm() {}

    /** The corrected probabilities, in the order of the given ones, each from 0 to 1. */
    public static List<Double> correct(List<Double> probabilities) {
        List<Integer> ascending = IntStream.range(0, probabilities.size())
                .boxed()
                .sorted(Comparator.comparing(probabilities::get))
                .toList();
        List<Double> corrected = new ArrayList<>(probabilities);
        double largest = 0;
        for (int step = 0; step < ascending.size(); step++) {
            int index = ascending.get(step);
            largest = Math.max(largest, Math.min(1, probabilities.get(index) * (ascending.size() - step)));
            corrected.set(index, largest);
        }
        return List.copyOf(corrected);
    }
}
