package dev.kintsugi.reports.statistics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * By how much one sample lies above another, by Hodges and Lehmann (1963): the median of all differences between a value of the one
 * and a value of the other.
 *
 * @param estimate above 0 when the second sample is larger
 * @param lower lower end of the interval; negative infinity when the samples are too small for the confidence
 * @param upper its upper end; infinity when they are too small
 */
public record Shift(double estimate, double lower, double upper) {

    /**
     * The shift from one sample to another. The interval is the set of shifts that the Mann-Whitney test does not reject.
     *
     * @param confidence of the interval, above 0 and below 1, such as 0.95
     * @throws IllegalArgumentException when a sample is empty or too large, or the confidence out of range
     */
    public static Shift between(Sample first, Sample second, double confidence) {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("the confidence is " + confidence + ", must be above 0 and below 1");
        }
        MannWhitney.requireSize(first);
        MannWhitney.requireSize(second);
        double[] differences = second.values().stream()
                .flatMapToDouble(after -> first.values().stream().mapToDouble(before -> after - before))
                .toArray();
        Arrays.sort(differences);
        int cut = cut(first.size(), second.size(), (1 - confidence) / 2);
        double lower = cut == 0 ? Double.NEGATIVE_INFINITY : differences[cut - 1];
        double upper = cut == 0 ? Double.POSITIVE_INFINITY : differences[differences.length - cut];
        return new Shift(middle(differences), lower, upper);
    }

    private static double middle(double[] ordered) {
        int half = ordered.length / 2;
        return ordered.length % 2 == 1 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
    }

    /** How many differences are cut off at each end: the largest number so that fewer than that many has at most the probability. */
    private static int cut(int first, int second, double probability) {
        int[] ranks =
                IntStream.rangeClosed(1, first + second).map(rank -> 2 * rank).toArray();
        RankSums sums = RankSums.of(ranks, second);
        int least = second * (second + 1);
        int cut = 0;
        while (cut < first * second && sums.atMost(least + 2 * cut) <= probability) {
            cut++;
        }
        return cut;
    }
}
