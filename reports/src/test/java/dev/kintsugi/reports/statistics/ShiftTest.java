package dev.kintsugi.reports.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ShiftTest {

    @Test
    void estimateIsTheMedianOfAllDifferences() {
        Shift shift = Shift.between(Sample.of(1, 2, 10), Sample.of(3, 4), 0.8);

        // The differences are 2, 1, -7 and 3, 2, -6.
        assertThat(shift.estimate()).isEqualTo(1.5);
    }

    @Test
    void fewerThanTheConfidenceNeedsGiveAnIntervalWithoutEnds() {
        Shift shift = Shift.between(Sample.of(1, 2, 3), Sample.of(4, 5, 6), 0.95);

        assertThat(shift).isEqualTo(new Shift(3, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
    }

    @Test
    void tenAndTenCutTwentyThreeDifferencesAtEachEnd() {
        double[] before = new double[10];
        double[] after = new double[10];
        for (int i = 0; i < 10; i++) {
            before[i] = 10 * i;
            after[i] = 1000 + i;
        }
        double[] differences = new double[100];
        for (int i = 0; i < 100; i++) {
            differences[i] = 1000 + i % 10 - 10 * (i / 10);
        }
        java.util.Arrays.sort(differences);

        Shift shift = Shift.between(Sample.of(before), Sample.of(after), 0.95);

        assertThat(shift.lower()).isEqualTo(differences[23]);
        assertThat(shift.upper()).isEqualTo(differences[76]);
    }

    @Test
    void intervalHoldsTheTruthAsOftenAsItSays() {
        Random random = new Random(7);
        int held = 0;
        int tries = 2_000;
        for (int i = 0; i < tries; i++) {
            Shift shift = Shift.between(skewed(random, 0), skewed(random, 0.3), 0.95);
            held += shift.lower() <= 0.3 && 0.3 <= shift.upper() ? 1 : 0;
        }

        assertThat(held / (double) tries).isCloseTo(0.955, within(0.015));
    }

    private static Sample skewed(Random random, double shift) {
        return Sample.of(random.doubles(10).map(u -> shift - Math.log1p(-u)).toArray());
    }

    @Test
    void refusesAConfidenceOfOne() {
        assertThatThrownBy(() -> Shift.between(Sample.of(1), Sample.of(1), 1))
                .hasMessage("the confidence is 1.0, must be above 0 and below 1");
    }
}
