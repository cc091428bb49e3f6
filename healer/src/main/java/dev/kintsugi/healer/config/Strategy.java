package dev.kintsugi.healer.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done about a diagnosis.
 *
 * @param ladder its rungs, from the mildest; after the last it is escalated. Without a rung it is escalated at once
 * @param patience how long from the onset Kubernetes itself is given to mend it; null: {@code pod_not_ready_threshold}
 *     where Kubernetes restarts containers by itself, nothing elsewhere
 * @param dryRun decide and say, but do nothing
 */
public record Strategy(List<Rung> ladder, @Nullable Duration patience, boolean dryRun) {

    /** Makes the ladder unmodifiable. */
    public Strategy {
        ladder = List.copyOf(ladder);
    }
}
