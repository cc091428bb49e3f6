package dev.kintsugi.reports.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SampleTest {

    @Test
    void quantilesLieBetweenNeighbours() {
        Sample sample = Sample.of(4, 1, 3, 2);

        assertThat(sample.values()).containsExactly(1.0, 2.0, 3.0, 4.0);
        assertThat(sample.median()).isEqualTo(2.5);
        assertThat(sample.quantile(0)).isEqualTo(1);
        assertThat(sample.quantile(1)).isEqualTo(4);
        assertThat(sample.quantile(0.95)).isCloseTo(3.85, within(1e-12));
    }

    @Test
    void refusesWhatIsNoMeasurement() {
        assertThatThrownBy(() -> Sample.of(1, Double.NaN)).hasMessage("a sample has the value NaN, must be finite");
        assertThatThrownBy(() -> Sample.of().median()).hasMessage("a sample without values has no quantile");
        assertThatThrownBy(() -> Sample.of(1).quantile(1.1)).hasMessage("the share is 1.1, must be from 0 to 1");
    }

    @Test
    void holmMultipliesTheSmallestByAllAndNeverFallsBelowTheOneBefore() {
        assertThat(Holm.correct(List.of(0.01, 0.04, 0.03))).containsExactly(0.03, 0.06, 0.06);
        assertThat(Holm.correct(List.of(0.9, 0.9))).containsExactly(1.0, 1.0);
        assertThat(Holm.correct(List.of())).isEmpty();
    }

    @Test
    void sameSeedGivesTheSameEstimate() {
        Sample sample = Sample.of(new Random(1).doubles(10).toArray());

        assertThat(Estimate.of(sample, Sample::median, 0.95, 5))
                .isEqualTo(Estimate.of(sample, Sample::median, 0.95, 5));
        assertThat(Estimate.of(sample, Sample::median, 0.95, 5).value()).isEqualTo(sample.median());
    }

    @Test
    void bootstrapOfTheMedianHoldsTheTruthAboutAsOftenAsItSays() {
        Random random = new Random(3);
        int held = 0;
        int tries = 300;
        for (int i = 0; i < tries; i++) {
            Sample sample = Sample.of(random.doubles(20).toArray());
            Estimate estimate = Estimate.of(sample, Sample::median, 0.95, i);
            held += estimate.lower() <= 0.5 && 0.5 <= estimate.upper() ? 1 : 0;
        }

        assertThat(held / (double) tries).isBetween(0.90, 0.99);
    }
}
