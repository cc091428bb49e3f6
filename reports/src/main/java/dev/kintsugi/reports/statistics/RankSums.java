package dev.kintsugi.reports.statistics;

import java.util.Arrays;

/**
 * In how many ways some of a number of ranks can be chosen so that they have a certain sum, by the shift algorithm of Streitberg and
 * Röhmel (1986), which holds with ties as well. Ranks are doubled, so that the mean rank of a tie is whole.
 */
final class RankSums {

    private final double[] ways;
    private final double all;
    private final int step;

    private RankSums(double[] ways, int step) {
        this.ways = ways;
        this.step = step;
        this.all = Arrays.stream(ways).sum();
    }

    /**
     * The sums of so many of the ranks.
     *
     * @param doubledRanks all ranks, times two
     * @param chosen how many are chosen, from 0 to all of them
     */
    static RankSums of(int[] doubledRanks, int chosen) {
        if (Arrays.stream(doubledRanks).allMatch(rank -> rank % 2 == 0)) {
            return new RankSums(
                    ways(Arrays.stream(doubledRanks).map(rank -> rank / 2).toArray(), chosen), 2);
        }
        return new RankSums(ways(doubledRanks, chosen), 1);
    }

    private static double[] ways(int[] ranks, int chosen) {
        int highest = Arrays.stream(ranks).sum();
        double[][] ways = new double[chosen + 1][highest + 1];
        ways[0][0] = 1;
        int reached = 0;
        for (int rank : ranks) {
            reached += rank;
            for (int count = chosen; count > 0; count--) {
                for (int sum = reached; sum >= rank; sum--) {
                    ways[count][sum] += ways[count - 1][sum - rank];
                }
            }
        }
        return ways[chosen];
    }

    /** The share of all choices whose doubled sum is at least this. */
    double atLeast(int doubledSum) {
        double sum = 0;
        for (int at = ways.length - 1; at >= 0 && at * step >= doubledSum; at--) {
            sum += ways[at];
        }
        return Math.min(1, sum / all);
    }

    /** The share of all choices whose doubled sum is at most this. */
    double atMost(int doubledSum) {
        double sum = 0;
        for (int at = 0; at < ways.length && at * step <= doubledSum; at++) {
            sum += ways[at];
        }
        return Math.min(1, sum / all);
    }
}
