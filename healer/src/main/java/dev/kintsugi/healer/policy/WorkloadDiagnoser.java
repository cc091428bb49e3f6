package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Diagnosis;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Instant;

/** Says what is wrong with a workload as a whole. */
final class WorkloadDiagnoser {

    private final HealerConfig config;

    WorkloadDiagnoser(HealerConfig config) {
        this.config = config;
    }

    /**
     * The first of these that holds:
     *
     * <ol>
     *   <li>What is paused or scaled to zero is as somebody wants it: nothing.
     *   <li>Its rollout makes no progress: stuck, as soon as Kubernetes says so (condition Progressing is False with reason
     *       {@code ProgressDeadlineExceeded}; Kubernetes itself never rolls back).
     *   <li>It has had fewer available pods than it wants for {@code recovery_timeout}, without a rollout: short. Until then
     *       its pods' own recoveries have the time that they are granted.
     * </ol>
     */
    Diagnoser.Finding diagnose(Observation seen, Instant now) {
        WorkloadState workload = seen.workload();
        if (workload == null || workload.paused() || workload.desired() == 0) {
            return Diagnoser.Finding.NOTHING;
        }
        long good = seen.peers().stream().filter(PodState::good).count();
        String count = "%d of %d pods good".formatted(good, workload.desired());
        if (workload.stuckSince() != null) {
            return Diagnoser.Finding.of(
                    new Diagnosis.RolloutStuck(workload, workload.stuckSince(), "ProgressDeadlineExceeded; " + count));
        }
        if (workload.shortSince() == null || workload.rollingOut()) {
            return Diagnoser.Finding.NOTHING;
        }
        Instant from = workload.shortSince().plus(config.recoveryTimeout());
        if (now.isBefore(from)) {
            return Diagnoser.Finding.later(from);
        }
        String why = workload.failure() == null ? "" : "; " + workload.failure();
        return Diagnoser.Finding.of(new Diagnosis.ReplicasShort(
                workload,
                workload.shortSince(),
                "%s for %d s%s".formatted(count, config.recoveryTimeout().toSeconds(), why)));
    }
}
