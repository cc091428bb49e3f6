package dev.kintsugi.healer.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes of one look at one target.
 *
 * @param incident as it is from now on; null if there is none
 * @param actions to be done once the incident is in the journal; at most one
 * @param notices to be sent
 * @param probe the pod to ask before the next look; null if no answer is needed
 * @param recheckAfter when to look again if nothing happens before; null: not needed
 */
public record Step(
        @Nullable Incident incident,
        List<Action> actions,
        List<Notice> notices,
        @Nullable PodState probe,
        @Nullable Duration recheckAfter) {

    /** Makes the lists unmodifiable. */
    public Step {
        actions = List.copyOf(actions);
        notices = List.copyOf(notices);
    }
}
