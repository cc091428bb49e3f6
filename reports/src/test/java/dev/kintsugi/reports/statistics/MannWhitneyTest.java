package dev.kintsugi.reports.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MannWhitneyTest {

    @Test
    void threeAboveThreeOthersAreOneChoiceOfTwenty() {
        assertThat(MannWhitney.probabilityOfLarger(Sample.of(1, 2, 3), Sample.of(4, 5, 6)))
                .isCloseTo(1 / 20.0, within(1e-12));
        assertThat(MannWhitney.probabilityOfLarger(Sample.of(4, 5, 6), Sample.of(1, 2, 3)))
                .isCloseTo(1, within(1e-12));
    }

    @Test
    void criticalValueOfTheTablesForTenAndTenIsTwentyThree() {
        double[] first = IntStream.rangeClosed(1, 10).asDoubleStream().toArray();

        // U counts the pairs in which the value of the first is the larger: 23 is the two-sided critical value at 5 %.
        assertThat(2 * MannWhitney.probabilityOfLarger(Sample.of(first), withPairsAbove(23)))
                .isLessThanOrEqualTo(0.05);
        assertThat(2 * MannWhitney.probabilityOfLarger(Sample.of(first), withPairsAbove(24)))
                .isGreaterThan(0.05);
    }

    /** Ten values so that in so many of the pairs with 1 to 10 the other is the larger. */
    private static Sample withPairsAbove(int pairs) {
        double[] values = IntStream.range(0, 10).mapToDouble(i -> 100 + i).toArray();
        for (int i = 0; i < 10 && pairs > 0; i++) {
            int here = Math.min(10, pairs);
            values[i] = 10.5 - here + i / 100.0;
            pairs -= here;
        }
        return Sample.of(values);
    }

    @Test
    void whereAllAreEqualNothingIsLarger() {
        assertThat(MannWhitney.probabilityOfLarger(Sample.of(5, 5, 5), Sample.of(5, 5)))
                .isEqualTo(1);
    }

    @Property(tries = 300)
    void agreesWithCountingEveryChoiceTiesOrNot(
            @ForAll("few") List<Integer> first, @ForAll("few") List<Integer> second) {
        assertThat(MannWhitney.probabilityOfLarger(sample(first), sample(second)))
                .isCloseTo(byCounting(first, second), within(1e-12));
    }

    @Provide
    Arbitrary<List<Integer>> few() {
        return Arbitraries.integers().between(0, 6).list().ofMinSize(1).ofMaxSize(6);
    }

    private static Sample sample(List<Integer> values) {
        return new Sample(values.stream().map(Integer::doubleValue).toList());
    }

    /** All ways to call as many of the values "second": how many of them have as large a U. */
    private static double byCounting(List<Integer> first, List<Integer> second) {
        List<Integer> all = Stream.concat(first.stream(), second.stream()).toList();
        double observed = larger(first, second);
        int as = 0;
        int choices = 0;
        for (int mask = 0; mask < 1 << all.size(); mask++) {
            if (Integer.bitCount(mask) != second.size()) {
                continue;
            }
            int choice = mask;
            List<Integer> chosen = IntStream.range(0, all.size())
                    .filter(i -> (choice >> i & 1) == 1)
                    .mapToObj(all::get)
                    .toList();
            List<Integer> rest = IntStream.range(0, all.size())
                    .filter(i -> (choice >> i & 1) == 0)
                    .mapToObj(all::get)
                    .toList();
            choices++;
            as += larger(rest, chosen) >= observed ? 1 : 0;
        }
        return as / (double) choices;
    }

    private static double larger(List<Integer> first, List<Integer> second) {
        return second.stream()
                .flatMapToDouble(b -> first.stream().mapToDouble(a -> b > a ? 1 : b.equals(a) ? 0.5 : 0))
                .sum();
    }

    @Test
    void leastProbabilityIsThatOfSeparatedSamples() {
        assertThat(MannWhitney.leastProbability(3, 3)).isCloseTo(0.1, within(1e-12));
        assertThat(MannWhitney.leastProbability(10, 10)).isCloseTo(2 / 184_756.0, within(1e-15));
        assertThat(MannWhitney.leastProbability(1, 1)).isEqualTo(1);
    }

    @Test
    void samplesOfHundredEachAreStillExact() {
        List<Double> low = Collections.nCopies(MannWhitney.MOST, 1.0);
        List<Double> high = Collections.nCopies(MannWhitney.MOST, 2.0);

        assertThat(MannWhitney.probabilityOfLarger(new Sample(low), new Sample(high)))
                .isGreaterThan(0)
                .isLessThan(1e-50);
    }

    @Test
    void refusesAnEmptySampleAndOneThatIsTooLarge() {
        Sample tooLarge = new Sample(Collections.nCopies(101, 1.0));

        assertThatThrownBy(() -> MannWhitney.probabilityOfLarger(Sample.of(), Sample.of(1)))
                .hasMessage("a sample has 0 values, must have 1 to 100 to be compared");
        assertThatThrownBy(() -> MannWhitney.probabilityOfLarger(Sample.of(1), tooLarge))
                .hasMessage("a sample has 101 values, must have 1 to 100 to be compared");
    }
}
