package dev.kintsugi.chaos.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AbortConditionsTest {
    private static final Workload WEB = new Workload("Deployment", "shop", "web");
    private static final Workload STORE = new Workload("Deployment", "shop", "store");
    private static final Health WELL = new Health(Set.of("node1", "node2"), Map.of(WEB, 3, STORE, 1));

    private final AbortConditions conditions =
            new AbortConditions(WELL, Set.of(WEB), new AbortConditions.Objective(0.05, Duration.ofSeconds(10)));

    private static long at(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    private static Health ready(int web, int store) {
        return new Health(Set.of("node1", "node2"), Map.of(WEB, web, STORE, store));
    }

    @Test
    void lostNodeEndsItAtOnce() {
        assertThat(conditions.look(new Health(Set.of("node1"), WELL.readyPods()), 0))
                .hasValue("node node2 is not Ready any more");
    }

    @Test
    void targetMaySuffer() {
        assertThat(conditions.look(ready(0, 1), 0)).isEmpty();
        assertThat(conditions.look(ready(0, 1), at(100))).isEmpty();
    }

    @Test
    void foreignWorkloadMaySufferForAMomentOnly() {
        assertThat(conditions.look(ready(2, 0), at(0))).isEmpty();
        assertThat(conditions.look(ready(2, 0), AbortConditions.GRACE.toNanos() - 1))
                .isEmpty();
        assertThat(conditions.look(ready(2, 0), AbortConditions.GRACE.toNanos()))
                .hasValue("deployment/shop/store, which is no target, has 0 ready pods and had 1");
    }

    @Test
    void momentBeginsAnewWhenItWasWellInBetween() {
        conditions.look(ready(2, 0), at(0));
        conditions.look(ready(2, 1), at(2));
        assertThat(conditions.look(ready(2, 0), at(4))).isEmpty();
        assertThat(conditions.look(ready(2, 0), at(6.9))).isEmpty();
    }

    @Test
    void objectiveIsBrokenByTheShareOfTheLastSpan() {
        for (int i = 0; i < 100; i++) {
            conditions.answered(i % 10 != 0, at(i / 10.0));
        }
        assertThat(conditions.objective(at(9.9))).as("before the span is full").isEmpty();
        assertThat(conditions.objective(at(10)))
                .hasValue("10 of 100 requests of the last 10 s failed, and the objective allows 5.0 %");
    }

    @Test
    void oldFailuresDoNotCount() {
        for (int i = 0; i < 300; i++) {
            conditions.answered(i >= 100, at(i / 10.0));
        }
        assertThat(conditions.objective(at(30))).isEmpty();
    }

    @Test
    void shareAtTheObjectiveIsStillWell() {
        for (int i = 0; i < 100; i++) {
            conditions.answered(i % 20 != 0, at(i / 10.0));
        }
        assertThat(conditions.objective(at(10))).isEmpty();
    }
}
