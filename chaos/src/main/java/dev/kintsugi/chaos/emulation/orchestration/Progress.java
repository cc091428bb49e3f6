package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Status;
import dev.kintsugi.chaos.mesh.TargetRecord;
import dev.kintsugi.chaos.model.GoDuration;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * How far an experiment has come, as its Schedule sees it.
 *
 * @param finished a one-shot experiment is finished when every record is injected; another one when its duration is over, it is
 *     to stop, and every record is recovered. Without a duration it never is
 * @param remaining how long until it can be; zero when nobody knows
 */
record Progress(boolean finished, Duration remaining) {
    private static final Set<String> ONE_SHOT = Set.of("pod-kill", "container-kill");
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    static Progress of(Item experiment, Instant now) {
        Status status = Status.of(experiment.status());
        if (isOneShot(experiment)) {
            boolean done =
                    !status.targets().isEmpty() && status.targets().stream().allMatch(TargetRecord::isInjected);
            return new Progress(done, LOOK_AGAIN);
        }
        String duration = experiment.spec().at("duration").text("");
        if (duration.isEmpty()) {
            return new Progress(false, Duration.ZERO);
        }
        boolean recovered = !Status.RUN.equals(status.desiredPhase())
                && status.targets().stream().allMatch(TargetRecord::isNotInjected);
        try {
            Instant end = experiment.createdAt().plus(GoDuration.parse(duration));
            return end.isBefore(now)
                    ? new Progress(recovered, Duration.ZERO)
                    : new Progress(false, Duration.between(now, end));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            return new Progress(recovered, Duration.ZERO);
        }
    }

    private static boolean isOneShot(Item experiment) {
        return experiment.kind().equals("PodChaos")
                && ONE_SHOT.contains(experiment.spec().at("action").text(""));
    }
}
