package dev.kintsugi.reports.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class TimelineTest {

    @Test
    void recoveryRunsFromTheEarliestInjectionToTheLatestFirstGoodRequest() {
        Timeline timeline =
                new Timeline(List.of(mark(MarkName.INJECTED, 6.2, 6.2), mark(MarkName.FIRST_GOOD, 1_931.6, 20)));

        assertThat(timeline.recovery()).contains(new Recovery(1_931.6, 26.2));
        assertThat(timeline.recovery().orElseThrow().shortestMillis()).isEqualTo(1_905.4);
    }

    @Test
    void thereIsNoRecoveryWithoutAnInjectionOrAFirstGoodRequest() {
        assertThat(new Timeline(List.of(mark(MarkName.INJECTED, 6, 6))).recovery())
                .isEmpty();
        assertThat(new Timeline(List.of(mark(MarkName.FIRST_GOOD, 6, 6))).recovery())
                .isEmpty();
        assertThat(new Timeline(List.of()).recovery()).isEmpty();
    }

    @Test
    void aRecoveryThatCanHaveComeBeforeTheAnswerToTheInjectionIsAtLeastZero() {
        Timeline timeline = new Timeline(List.of(mark(MarkName.INJECTED, 50, 50), mark(MarkName.FIRST_GOOD, 40, 10)));

        assertThat(timeline.recovery()).contains(new Recovery(40, 40));
    }

    @Test
    void marksAreOrderedByNameWhateverOrderTheyCameIn() {
        Timeline timeline = new Timeline(
                List.of(mark(MarkName.VERIFIED, 9, 0), mark(MarkName.INJECTED, 1, 1), mark(MarkName.READY, 2, 0)));

        assertThat(timeline.marks())
                .extracting(Mark::name)
                .containsExactly(MarkName.INJECTED, MarkName.READY, MarkName.VERIFIED);
    }

    @Test
    void aMarkIsThereAtMostOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timeline(List.of(mark(MarkName.READY, 1, 0), mark(MarkName.READY, 2, 0))))
                .withMessageContaining("READY twice");
    }

    @Property
    void roundingNeverExcludesTheTruthAndWidensByLessThanTwoTenths(
            @ForAll @DoubleRange(min = 0, max = 1e6) double at, @ForAll @DoubleRange(min = 0, max = 1e6) double bound) {
        Mark mark = mark(MarkName.READY, at, bound);

        assertThat(mark.atMillis()).isBetween(at, at + 0.1);
        assertThat(mark.earliestMillis()).isBetween(Math.max(0, at - bound - 0.11), Math.max(0, at - bound) + 1e-9);
        assertThat(new Mark(mark.name(), mark.atMillis(), mark.boundMillis(), ""))
                .isEqualTo(mark);
    }

    @Property
    void theTrueRecoveryIsAlwaysInTheInterval(
            @ForAll @DoubleRange(min = 0, max = 1e5) double answered,
            @ForAll @DoubleRange(min = 0, max = 1) double injectedWhere,
            @ForAll @DoubleRange(min = 0, max = 1e5) double good,
            @ForAll @DoubleRange(min = 0, max = 1) double goodWhere,
            @ForAll @DoubleRange(min = 0, max = 1e3) double goodBound) {
        double trulyInjected = answered * injectedWhere;
        double trulyGood = Math.max(0, good - goodBound * goodWhere);
        Recovery recovery = new Timeline(List.of(
                        mark(MarkName.INJECTED, answered, answered), mark(MarkName.FIRST_GOOD, good, goodBound)))
                .recovery()
                .orElseThrow();

        double truth = Math.max(0, trulyGood - trulyInjected);
        assertThat(truth).isBetween(recovery.shortestMillis() - 1e-6, recovery.millis() + 1e-6);
    }

    private static Mark mark(MarkName name, double at, double bound) {
        return new Mark(name, at, bound, "");
    }
}
