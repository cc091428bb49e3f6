package dev.kintsugi.reports.statistics;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * The test of Mann and Whitney (1947), also named after Wilcoxon: whether one sample tends to larger values than another. It supposes
 * nothing of how the values are distributed, so a slow outlier counts no more than any other that is slower than all the rest.
 */
public final class MannWhitney {

    /** The largest sample; the test is exact, and its cost grows with the fourth power of the size. */
    public static final int MOST = 100;

    private MannWhitney() {}

    /**
     * The probability that values of the second sample would exceed those of the first by as much as they do, or by more, if both came
     * from one distribution. Ties count half, and the probability is that of the very ties there are.
     *
     * @throws IllegalArgumentException when a sample is empty or has more than {@link #MOST} values
     */
    public static double probabilityOfLarger(Sample first, Sample second) {
        requireSize(first);
        requireSize(second);
        double[] all =
                DoubleStream.concat(values(first), values(second)).sorted().toArray();
        int[] ranks = doubledRanks(all);
        int sum = values(second)
                .mapToInt(value -> ranks[Arrays.binarySearch(all, value)])
                .sum();
        return RankSums.of(ranks, second.size()).atLeast(sum);
    }

    static void requireSize(Sample sample) {
        if (sample.size() == 0 || sample.size() > MOST) {
            throw new IllegalArgumentException(
                    "a sample has " + sample.size() + " values, must have 1 to " + MOST + " to be compared");
        }
    }

    /** The least two-sided probability that samples of these sizes can give: all of one above all of the other. */
    public static double leastProbability(int first, int second) {
        double choices = 1;
        for (int i = 1; i <= second; i++) {
            choices *= (first + i) / (double) i;
        }
        return Math.min(1, 2 / choices);
    }

    private static DoubleStream values(Sample sample) {
        return sample.values().stream().mapToDouble(Double::doubleValue);
    }

    /** Of values in order; equal ones share the mean of their ranks. */
    private static int[] doubledRanks(double[] ordered) {
        int[] ranks = new int[ordered.length];
        int begin = 0;
        while (begin < ordered.length) {
            int end = begin;
            while (end < ordered.length && ordered[end] == ordered[begin]) {
                end++;
            }
            Arrays.fill(ranks, begin, end, begin + 1 + end);
            begin = end;
        }
        return ranks;
    }
}
