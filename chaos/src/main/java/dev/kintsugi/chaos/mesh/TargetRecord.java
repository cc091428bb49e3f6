package dev.kintsugi.chaos.mesh;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What Chaos Mesh noted of one target ({@code status.experiment.containerRecords[]}).
 *
 * @param id {@code namespace/pod}, or {@code namespace/pod/container} for faults that hit containers
 * @param selectorKey {@code .} for the experiment's targets, {@code .Target} for the other end of a network fault
 * @param phase {@link #NOT_INJECTED}, {@link #INJECTED}, or one of these followed by {@code /Wait}
 * @param injectedCount how often it was injected
 * @param recoveredCount how often that was taken back
 * @param events what was tried, oldest first, at most 100
 */
public record TargetRecord(
        String id, String selectorKey, String phase, long injectedCount, long recoveredCount, List<Event> events) {

    /** The fault is not in force; nothing has been done, or it has been taken back. */
    public static final String NOT_INJECTED = "Not Injected";

    /** The fault is in force. */
    public static final String INJECTED = "Injected";

    /** Asked for, not yet in force. */
    public static final String WAIT_FOR_INJECTION = "Not Injected/Wait";

    /** Asked to be taken back, still in force. */
    public static final String WAIT_FOR_RECOVERY = "Injected/Wait";

    /**
     * One thing that was tried.
     *
     * @param type {@code Succeeded} or {@code Failed}
     * @param operation {@code Apply} or {@code Recover}
     * @param message why it failed, else empty
     */
    public record Event(String type, String operation, String message, Instant timestamp) {
        public boolean failed() {
            return type.equals("Failed");
        }

        Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("type", type);
            map.put("operation", operation);
            if (!message.isEmpty()) {
                map.put("message", message);
            }
            map.put("timestamp", timestamp.truncatedTo(ChronoUnit.SECONDS).toString());
            return map;
        }

        static Event of(Tree tree) {
            return new Event(
                    tree.at("type").text(""),
                    tree.at("operation").text(""),
                    tree.at("message").text(""),
                    instant(tree.at("timestamp").text("")));
        }

        private static Instant instant(String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                return Instant.EPOCH;
            }
        }
    }

    public TargetRecord {
        events = List.copyOf(events);
    }

    public boolean isInjected() {
        return phase.equals(INJECTED);
    }

    public boolean isNotInjected() {
        return phase.equals(NOT_INJECTED);
    }

    /** The last thing tried, when it failed. */
    public Optional<Event> lastFailure() {
        return events.isEmpty()
                ? Optional.empty()
                : Optional.of(events.get(events.size() - 1)).filter(Event::failed);
    }

    /** The form in the resource. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("selectorKey", selectorKey);
        map.put("phase", phase);
        map.put("injectedCount", injectedCount);
        map.put("recoveredCount", recoveredCount);
        if (!events.isEmpty()) {
            map.put("events", events.stream().map(Event::toMap).toList());
        }
        return map;
    }

    static TargetRecord of(Tree tree) {
        return new TargetRecord(
                tree.at("id").text(""),
                tree.at("selectorKey").text(""),
                tree.at("phase").text(""),
                tree.at("injectedCount").number(0),
                tree.at("recoveredCount").number(0),
                tree.at("events").elements().stream().map(Event::of).toList());
    }
}
