package dev.kintsugi.features.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.recording.Observation;
import dev.kintsugi.features.recording.Observation.Container;
import dev.kintsugi.features.recording.Observation.Pod;
import dev.kintsugi.features.recording.Observation.PodSeen;
import dev.kintsugi.features.recording.Observation.Recovery;
import dev.kintsugi.features.recording.Observation.RecoverySeen;
import dev.kintsugi.reports.model.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoryTest {

    private static final long ZERO = 5_000_000_000L;

    private static long at(long millis) {
        return ZERO + millis * 1_000_000;
    }

    private static Pod pod(boolean ready, boolean terminating, int restarts, boolean running, @Nullable String ended) {
        return new Pod(
                "ns",
                "web-1",
                "uid-1",
                "rs",
                "127.64.0.2",
                "node1",
                ready,
                terminating,
                List.of(new Container("app", restarts, running, ended, ended == null ? 0 : 137)));
    }

    private static RecoverySeen recovery(long millis, String phase, @Nullable String action) {
        return new RecoverySeen(
                at(millis), new Recovery("ns", "web-1-x", "uid-1", "web-1", "PodNotReady", phase, action, 0));
    }

    private static List<String> told(Observation... log) {
        return Story.tell(List.of(log), ZERO).stream().map(Event::text).toList();
    }

    @Test
    void podIsFollowedFromItsCreationToItsEnd() {
        assertThat(told(
                        new PodSeen(at(1), pod(false, false, 0, true, null), false),
                        new PodSeen(at(2), pod(true, false, 0, true, null), false),
                        new PodSeen(at(3), pod(true, true, 0, true, null), false),
                        new PodSeen(at(4), pod(false, true, 0, true, null), true)))
                .containsExactly(
                        "pod web-1 is created", "pod web-1 is Ready", "pod web-1 is terminating", "pod web-1 is gone");
    }

    @Test
    void containerThatRanOutOfMemoryIsToldWithItsExitCode() {
        assertThat(told(
                        new PodSeen(at(-9), pod(true, false, 0, true, null), false),
                        new PodSeen(at(1), pod(false, false, 0, false, "OOMKilled"), false),
                        new PodSeen(at(2), pod(true, false, 1, true, "OOMKilled"), false)))
                .containsExactly(
                        "pod web-1 container ended: OOMKilled, exit code 137",
                        "pod web-1 is not Ready",
                        "pod web-1 restarted, 1 in all",
                        "pod web-1 is Ready");
    }

    @Test
    void whatWasBeforeTheInjectionIsKnownAndNotTold() {
        assertThat(told(
                        new PodSeen(at(-9), pod(true, false, 0, true, null), false),
                        new PodSeen(at(1), pod(true, false, 0, true, null), false)))
                .isEmpty();
    }

    @Test
    void phaseOfARecoveryIsToldOnceHoweverOftenItIsWritten() {
        assertThat(told(
                        recovery(1, "Detected", null),
                        recovery(2, "Acting", "DeletePod"),
                        recovery(3, "Acting", "DeletePod"),
                        recovery(4, "Healed", "DeletePod")))
                .containsExactly(
                        "PodNotReady of web-1: Detected",
                        "PodNotReady of web-1: Acting, DeletePod",
                        "PodNotReady of web-1: Healed, DeletePod");
    }

    @Test
    void timesCountFromTheInjection() {
        assertThat(Story.tell(List.of(recovery(1_500, "Detected", null)), ZERO)
                        .get(0)
                        .atMillis())
                .isEqualTo(1_500);
    }
}
