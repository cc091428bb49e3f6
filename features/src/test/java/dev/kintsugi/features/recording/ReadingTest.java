package dev.kintsugi.features.recording;

import static dev.kintsugi.features.recording.Log.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReadingTest {

    private static final long WATCH_DELAY = at(4);

    private static Injection injection(Effect effect, OptionalLong lifted, Pod... targets) {
        return new Injection(at(1_000), at(1_010), "AllInjected", List.of(targets), effect, lifted);
    }

    private static Timeline read(Log log, Injection injection) {
        return new Reading(log.all(), injection, WATCH_DELAY).timeline(Optional.empty());
    }

    private static List<MarkName> names(Timeline timeline) {
        return timeline.marks().stream().map(Mark::name).toList();
    }

    @Test
    void killedPodIsFollowedFromItsEndToTheFirstUserOfItsReplacement() {
        Pod victim = Log.ready("a");
        Log log = new Log()
                .sees(100, victim)
                .sees(100, Log.ready("b"))
                .served(990, 3, "b")
                .gone(1_030, victim)
                .sees(1_040, Log.pod("c", false, 0, null, false))
                .failed(1_050, 1)
                .sees(1_900, Log.ready("c"))
                .endpoints(1_905, "web", "b", "c")
                .served(1_910, 2, "b")
                .served(1_920, 2, "c");

        Timeline timeline = read(log, injection(new Effect.PodsGone(Set.of("uid-a")), OptionalLong.empty(), victim));

        assertThat(names(timeline))
                .containsExactly(
                        MarkName.INJECTED,
                        MarkName.EFFECT,
                        MarkName.REPLACED,
                        MarkName.READY,
                        MarkName.ENDPOINT,
                        MarkName.FIRST_GOOD);
        assertThat(timeline.find(MarkName.EFFECT).orElseThrow().atMillis()).isEqualTo(30);
        assertThat(timeline.find(MarkName.EFFECT).orElseThrow().boundMillis()).isEqualTo(4);
        assertThat(timeline.find(MarkName.FIRST_GOOD).orElseThrow().atMillis()).isEqualTo(922);
        assertThat(timeline.find(MarkName.FIRST_GOOD).orElseThrow().boundMillis())
                .as("the user before asked 10 ms earlier, and the answer took 2 ms")
                .isEqualTo(12);
        assertThat(timeline.recovery().orElseThrow().millis()).isEqualTo(922);
    }

    @Test
    void podThatWasThereBeforeNeverCountsAsReplacement() {
        Pod victim = Log.ready("a");
        Log log = new Log()
                .sees(100, victim)
                .sees(100, Log.ready("b"))
                .gone(1_030, victim)
                .sees(1_040, Log.ready("b"))
                .served(1_050, 2, "b");

        assertThat(names(read(log, injection(new Effect.PodsGone(Set.of("uid-a")), OptionalLong.empty(), victim))))
                .containsExactly(MarkName.INJECTED, MarkName.EFFECT);
    }

    @Test
    void replacementThatGoesBeforeItWasReadyGivesItsPlaceToTheNext() {
        Pod victim = Log.ready("a");
        Pod second = Log.pod("c", false, 0, null, false);
        Log log = new Log()
                .sees(100, victim)
                .gone(1_030, victim)
                .sees(1_040, second)
                .sees(2_000, Log.terminating(second))
                .sees(2_010, Log.pod("d", false, 0, null, false))
                .sees(2_900, Log.ready("d"))
                .endpoints(2_905, "web", "d")
                .served(2_920, 2, "d");

        Timeline timeline = read(log, injection(new Effect.PodsGone(Set.of("uid-a")), OptionalLong.empty(), victim));

        assertThat(timeline.find(MarkName.REPLACED).orElseThrow().atMillis()).isEqualTo(1_010);
        assertThat(timeline.recovery().orElseThrow().millis()).isEqualTo(1_922);
    }

    @Test
    void oomKilledContainerIsReplacedByItsOwnRestart() {
        Pod victim = Log.ready("a");
        Log log = new Log()
                .sees(100, victim)
                .endpoints(110, "web", "a")
                .sees(1_400, Log.pod("a", false, 0, "OOMKilled", false))
                .endpoints(1_410, "web")
                .sees(2_400, Log.pod("a", false, 1, "OOMKilled", true))
                .sees(2_500, Log.pod("a", true, 1, "OOMKilled", true))
                .endpoints(2_510, "web", "a")
                .served(2_520, 3, "a");

        Timeline timeline = read(log, injection(new Effect.OomKilled("uid-a", 0), OptionalLong.empty(), victim));

        assertThat(timeline.find(MarkName.EFFECT).orElseThrow().atMillis()).isEqualTo(400);
        assertThat(timeline.find(MarkName.REPLACED).orElseThrow().atMillis()).isEqualTo(1_400);
        assertThat(timeline.find(MarkName.READY).orElseThrow().atMillis()).isEqualTo(1_500);
        assertThat(timeline.recovery().orElseThrow().millis()).isEqualTo(1_523);
    }

    @Test
    void containerKilledForAnotherReasonIsNoMemoryEffect() {
        Pod victim = Log.ready("a");
        Log log = new Log().sees(100, victim).sees(1_400, Log.pod("a", false, 0, "Error", false));

        assertThat(names(read(log, injection(new Effect.OomKilled("uid-a", 0), OptionalLong.empty(), victim))))
                .containsExactly(MarkName.INJECTED);
    }

    @Test
    void hungPodThatNobodyTouchesDoesNotRecoverThoughOthersServe() {
        Pod victim = Log.ready("a");
        Log log = new Log()
                .sees(100, victim)
                .request("path:a", 1_050, 500, "timeout", null)
                .request("path:a", 1_100, 500, "timeout", null)
                .request("path:a", 1_150, 500, "timeout", null)
                .sees(3_000, Log.pod("a", false, 0, null, true))
                .served(3_100, 2, "b");

        assertThat(names(read(log, injection(new Effect.Unresponsive("path:a", 3), OptionalLong.empty(), victim))))
                .containsExactly(MarkName.INJECTED, MarkName.EFFECT);
    }

    @Test
    void healerIsCreditedOnlyForActionsOnTheTarget() {
        Pod victim = Log.ready("a");
        Log elsewhere = new Log().sees(100, victim).recovery(1_500, "z", "Acting", 1);
        Log here =
                new Log().sees(100, victim).recovery(1_500, "a", "Detected", 0).recovery(1_600, "a", "Verifying", 1);
        Injection injection = injection(new Effect.Unresponsive("path:a", 3), OptionalLong.empty(), victim);

        assertThat(names(read(elsewhere, injection))).containsExactly(MarkName.INJECTED);
        assertThat(names(read(here, injection))).containsExactly(MarkName.INJECTED, MarkName.DETECTED, MarkName.ACTED);
        assertThat(read(here, injection).find(MarkName.ACTED).orElseThrow().atMillis())
                .isEqualTo(600);
    }

    @Test
    void lateRequestsShowADegradedPathOnlyWhenThereAreEnoughOfThem() {
        Pod victim = Log.ready("a");
        Effect effect = new Effect.PathDegraded("path:a", Duration.ofMillis(150), 2);
        Log once = new Log().sees(100, victim).request("path:a", 1_050, 250, null, "a");
        Log twice = new Log()
                .sees(100, victim)
                .request("path:a", 990, 900, null, "a")
                .request("path:a", 1_050, 250, null, "a")
                .request("path:a", 1_100, 149.999, null, "a")
                .request("path:a", 1_150, 150, null, "a");

        assertThat(names(read(once, injection(effect, OptionalLong.empty(), victim))))
                .doesNotContain(MarkName.EFFECT);
        assertThat(read(twice, injection(effect, OptionalLong.empty(), victim))
                        .find(MarkName.EFFECT)
                        .orElseThrow()
                        .atMillis())
                .isEqualTo(300);
    }

    @Test
    void liftedFaultLetsAPodThatStayedReadyRecover() {
        Pod victim = Log.ready("a");
        Effect effect = new Effect.PathDegraded("path:a", Duration.ofMillis(150), 1);
        Log log = new Log()
                .sees(100, victim)
                .endpoints(110, "web", "a")
                .request("path:a", 1_050, 250, null, "a")
                .served(5_010, 2, "a");

        Timeline before = read(log, injection(effect, OptionalLong.empty(), victim));
        Timeline after = read(log, injection(effect, OptionalLong.of(at(5_000)), victim));

        assertThat(before.recovery()).isEmpty();
        assertThat(after.recovery().orElseThrow().millis()).isEqualTo(4_012);
    }
}
