package dev.kintsugi.features.cluster.embedded.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kintsugi.features.cluster.embedded.network.LinkFault.Chance;
import dev.kintsugi.features.cluster.embedded.network.LinkFault.Delay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The queueing disciplines packet by packet, in virtual time. */
class DisciplineTest {

    private static final long MILLIS = 1_000_000;
    private static final int SIZE = 1_000;

    private static LinkFault.Netem netem(Chance loss, Chance duplicate, Chance corrupt, Delay delay, long rate) {
        return new LinkFault.Netem(LinkDirection.EGRESS, Set.of(), loss, duplicate, corrupt, delay, rate);
    }

    private static LinkFault.Bandwidth bandwidth(long rate, long limit, long buffer, long peak, long peakBuffer) {
        return new LinkFault.Bandwidth(LinkDirection.EGRESS, Set.of(), rate, limit, buffer, peak, peakBuffer);
    }

    private static Discipline of(LinkFault fault) {
        return Discipline.of(fault, new SplittableRandom(3));
    }

    /** When the copies of so many packets leave that come at a pace. */
    private static List<Long> send(Discipline discipline, int packets, long pace) {
        List<Long> left = new ArrayList<>();
        for (int i = 0; i < packets; i++) {
            discipline.send(SIZE, i * pace, left::add);
        }
        return left;
    }

    @Test
    void lossDropsItsShare() {
        Discipline lossy = of(LinkFault.Netem.loss(LinkDirection.EGRESS, 0.3));

        assertThat(send(lossy, 10_000, MILLIS)).hasSizeBetween(6_850, 7_150);
        FaultStatistics statistics = lossy.statistics();
        assertThat(statistics.packets()).isEqualTo(10_000);
        assertThat(statistics.bytes()).isEqualTo(10_000 * SIZE);
        assertThat(statistics.dropped()).isBetween(2_850L, 3_150L);
    }

    @Test
    void correlatedLossComesInRuns() {
        assertThat(runs(0)).isCloseTo(2, within(0.1));
        assertThat(runs(0.5)).isGreaterThan(2.4);
    }

    /** Mean length of the runs of packets that are lost one after the other, at a loss of one half. */
    private static double runs(double correlation) {
        Discipline lossy = of(netem(new Chance(0.5, correlation), Chance.NONE, Chance.NONE, Delay.NONE, 0));
        int lost = 0;
        int runs = 0;
        boolean before = false;
        for (int i = 0; i < 20_000; i++) {
            List<Long> left = new ArrayList<>();
            lossy.send(SIZE, i * MILLIS, left::add);
            boolean now = left.isEmpty();
            lost += now ? 1 : 0;
            runs += now && !before ? 1 : 0;
            before = now;
        }
        return (double) lost / runs;
    }

    @Test
    void duplicatesLeaveTwiceAndDamagedPacketsNeverArrive() {
        Discipline discipline = of(netem(Chance.NONE, Chance.of(0.25), Chance.of(0.1), Delay.NONE, 0));

        int left = send(discipline, 10_000, MILLIS).size();
        FaultStatistics statistics = discipline.statistics();
        assertThat(statistics.duplicated()).isBetween(2_350L, 2_650L);
        assertThat(statistics.corrupted()).isBetween(1_100L, 1_400L);
        assertThat(left).isEqualTo(10_000 + (int) statistics.duplicated() - (int) statistics.corrupted());
    }

    @Test
    void packetThatIsToBeDoubledAndLostLeavesOnce() {
        Discipline discipline = of(netem(Chance.of(1), Chance.of(1), Chance.NONE, Delay.NONE, 0));

        assertThat(send(discipline, 100, MILLIS)).hasSize(100);
    }

    @Test
    void jitterSpreadsEvenlyAroundTheLatency() {
        Discipline late = of(netem(
                Chance.NONE,
                Chance.NONE,
                Chance.NONE,
                new Delay(Duration.ofMillis(50), Duration.ofMillis(10), 0, Chance.NONE, 1),
                0));
        List<Long> left = send(late, 5_000, 0).subList(0, 1_000);

        assertThat(left).allSatisfy(at -> assertThat(at).isBetween(40 * MILLIS, 60 * MILLIS));
        assertThat(left.stream().mapToLong(at -> at).average().orElseThrow()).isCloseTo(50 * MILLIS, within(1e6));
        assertThat(late.statistics().dropped())
                .as("what a queue of 1000 packets does not hold")
                .isEqualTo(4_000);
        assertThat(late.statistics().heldBack()).isEqualTo(1_000);
    }

    @Test
    void reorderedPacketsLeaveAtOnceAndNoneBeforeItsGap() {
        Discipline discipline = of(netem(
                Chance.NONE,
                Chance.NONE,
                Chance.NONE,
                new Delay(Duration.ofMillis(10), Duration.ZERO, 0, Chance.of(1), 5),
                0));
        List<Long> left = send(discipline, 1_000, MILLIS);

        for (int i = 0; i < left.size(); i++) {
            assertThat(left.get(i)).isEqualTo(i * MILLIS + (i % 5 == 4 ? 0 : 10 * MILLIS));
        }
    }

    @Test
    void rateLetsPacketsLeaveOneAfterTheOther() {
        Discipline slow = of(netem(Chance.NONE, Chance.NONE, Chance.NONE, Delay.NONE, 100_000));

        assertThat(send(slow, 5, MILLIS))
                .containsExactly(10 * MILLIS, 20 * MILLIS, 30 * MILLIS, 40 * MILLIS, 50 * MILLIS);
        List<Long> later = new ArrayList<>();
        slow.send(SIZE, 1_000 * MILLIS, later::add);
        assertThat(later).containsExactly(1_010 * MILLIS);
    }

    @Test
    void waitingForTheRateCountsAsPartOfTheDelay() {
        Discipline slow = of(netem(Chance.NONE, Chance.NONE, Chance.NONE, Delay.of(Duration.ofMillis(15)), 100_000));

        assertThat(send(slow, 3, 0)).containsExactly(25 * MILLIS, 35 * MILLIS, 45 * MILLIS);
    }

    @Test
    void bucketLetsItsSizeLeaveAtOnceAndThenKeepsToTheRate() {
        Discipline bucket = of(bandwidth(100_000, 1_000_000, 3 * SIZE, 0, 0));

        assertThat(send(bucket, 6, 0)).containsExactly(0L, 0L, 0L, 10 * MILLIS, 20 * MILLIS, 30 * MILLIS);
        List<Long> later = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            bucket.send(SIZE, 1_000 * MILLIS, later::add);
        }
        assertThat(later)
                .as("full again, and no fuller")
                .containsExactly(1_000 * MILLIS, 1_000 * MILLIS, 1_000 * MILLIS, 1_010 * MILLIS);
    }

    @Test
    void whatDoesNotFitTheQueueOrTheBucketIsDropped() {
        Discipline bucket = of(bandwidth(100_000, 2 * SIZE, SIZE, 0, 0));
        assertThat(send(bucket, 10, 0)).containsExactly(0L, 10 * MILLIS, 20 * MILLIS);
        assertThat(bucket.statistics().dropped()).isEqualTo(7);

        assertThat(send(of(bandwidth(100_000, 100 * SIZE, SIZE - 1, 0, 0)), 10, 0))
                .isEmpty();
    }

    @Test
    void peakRateKeepsABurstApart() {
        Discipline bucket = of(bandwidth(100_000, 100 * SIZE, 3 * SIZE, 1_000_000, SIZE));

        assertThat(send(bucket, 5, 0)).containsExactly(0L, MILLIS, 2 * MILLIS, 10 * MILLIS, 20 * MILLIS);
    }

    @Test
    void partitionLetsNothingThrough() {
        assertThat(send(of(new LinkFault.Partition(LinkDirection.BOTH, Set.of())), 10, 0))
                .isEmpty();
    }
}
