package dev.kintsugi.healer.model;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The restarts of a pod's containers with their times, so that they can be judged within a window and never over the
 * pod's life.
 *
 * @param counts the restart count last seen of each container
 * @param restarts the times of the increases seen, oldest first, at most {@value #CAPACITY}
 */
public record RestartHistory(Map<String, Integer> counts, List<Instant> restarts) {

    private static final int CAPACITY = 32;

    /** Nothing seen yet. */
    public static final RestartHistory NONE = new RestartHistory(Map.of(), List.of());

    /** Makes the parts unmodifiable. */
    public RestartHistory {
        counts = Map.copyOf(counts);
        restarts = List.copyOf(restarts);
    }

    /**
     * The history after one more look. Each increase of a count is one restart at {@code now}. Of a pod that is seen
     * for the first time only the last restart has a known time ({@code lastState.terminated.finishedAt}); the others
     * are left out, as they may be any age.
     */
    public RestartHistory after(List<ContainerState> containers, Instant now) {
        if (containers.stream().allMatch(c -> Integer.valueOf(c.restarts()).equals(counts.get(c.name())))) {
            return this;
        }
        Map<String, Integer> newCounts = new HashMap<>(counts);
        Stream<Instant> added = Stream.empty();
        for (ContainerState container : containers) {
            @Nullable Integer before = counts.get(container.name());
            newCounts.put(container.name(), container.restarts());
            if (before == null) {
                @Nullable Termination last = container.lastTerminated();
                added = Stream.concat(added, last == null ? Stream.empty() : Stream.of(last.finishedAt()));
            } else if (container.restarts() > before) {
                int increase = container.restarts() - before;
                added = Stream.concat(added, Stream.generate(() -> now).limit(Math.min(increase, CAPACITY)));
            }
        }
        List<Instant> all = Stream.concat(restarts.stream(), added).toList();
        return new RestartHistory(newCounts, all.subList(Math.max(0, all.size() - CAPACITY), all.size()));
    }

    /** How many restarts lie within {@code window} before {@code now}; one exactly {@code window} ago counts. */
    public int within(Duration window, Instant now) {
        Instant from = now.minus(window);
        return (int) restarts.stream().filter(at -> !at.isBefore(from)).count();
    }
}
