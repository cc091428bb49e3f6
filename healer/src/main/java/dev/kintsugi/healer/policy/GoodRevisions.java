package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.config.HealerConfig;
import dev.kintsugi.healer.model.Observation;
import dev.kintsugi.healer.model.PodState;
import dev.kintsugi.healer.model.Revision;
import dev.kintsugi.healer.model.WorkloadState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which revisions of a workload are known to work. */
public final class GoodRevisions {

    private GoodRevisions() {}

    /**
     * The last revision before the newest of which it is known that it works: the healer has seen it good everywhere, or
     * pods of it have been ready for {@code stable_for} right now. Never simply the one before the newest, which may be
     * as bad.
     */
    static Optional<Revision> lastBeforeNewest(Observation seen, HealerConfig config, Instant now) {
        Optional<Revision> newest = seen.around().newest();
        Instant stable = now.minus(config.stableFor());
        return seen.around().revisions().stream()
                .filter(r -> newest.isPresent() && r.number() < newest.get().number())
                .filter(r -> r.verifiedAt() != null
                        || seen.pods()
                                .anyMatch(p ->
                                        r.has(p) && p.good() && !readySince(p).isAfter(stable)))
                .max(Comparator.comparingLong(Revision::number));
    }

    /**
     * Whether a workload's newest revision has shown that it works.
     *
     * @param toRemember the revision, if it is good everywhere and that is not remembered yet; null otherwise
     * @param nextLook when it will be, if nothing changes; null if that is not in sight
     */
    public record Steadiness(
            @Nullable Revision toRemember, @Nullable Instant nextLook) {}

    /**
     * The newest revision of a workload works once the workload is rolled out, and has as many good pods of that revision as
     * it wants, each ready for {@code stable_for}.
     */
    public static Steadiness steadiness(Observation seen, HealerConfig config, Instant now) {
        Steadiness nothing = new Steadiness(null, null);
        WorkloadState workload = seen.workload();
        Optional<Revision> newest = seen.around().newest();
        if (workload == null
                || workload.desired() == 0
                || workload.rollingOut()
                || workload.shortSince() != null
                || newest.isEmpty()
                || newest.get().verifiedAt() != null) {
            return nothing;
        }
        List<PodState> good =
                seen.pods().filter(newest.get()::has).filter(PodState::good).toList();
        if (good.isEmpty() || good.size() < workload.desired()) {
            return nothing;
        }
        Instant stable = good.stream()
                .map(GoodRevisions::readySince)
                .max(Comparator.naturalOrder())
                .orElse(now)
                .plus(config.stableFor());
        return now.isBefore(stable) ? new Steadiness(null, stable) : new Steadiness(newest.get(), null);
    }

    private static Instant readySince(PodState pod) {
        return Objects.requireNonNullElse(pod.readySince(), pod.createdAt());
    }
}
