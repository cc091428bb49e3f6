package dev.kintsugi.chaos.mesh;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The status of a Chaos Mesh experiment, and what may be concluded from it.
 *
 * <p>The records are the truth. The conditions are written one pass after them, in any order and without a time, so that
 * nothing is concluded from a condition that a record contradicts; in particular {@code AllRecovered} is True as well when
 * nothing has been injected yet.
 *
 * @param desiredPhase {@code Run} or {@code Stop}; null before the controllers looked at the experiment
 * @param records what was noted of each target; null before targets were chosen, which is not the same as none
 * @param conditions the summary by type ({@code Selected}, {@code AllInjected}, {@code AllRecovered}, {@code Paused})
 * @param instances notes of the controllers about what is running, by record id
 */
public record Status(
        @Nullable String desiredPhase,
        @Nullable List<TargetRecord> records,
        Map<String, Boolean> conditions,
        Map<String, Object> instances) {

    /** The controllers want the fault in force. */
    public static final String RUN = "Run";

    /** The controllers want it taken back. */
    public static final String STOP = "Stop";

    public static final String SELECTED = "Selected";
    public static final String ALL_INJECTED = "AllInjected";
    public static final String ALL_RECOVERED = "AllRecovered";
    public static final String PAUSED = "Paused";

    /** Nothing known yet. */
    public static final Status NONE = new Status(null, null, Map.of(), Map.of());

    public Status {
        records = records == null ? null : List.copyOf(records);
        conditions = Collections.unmodifiableMap(new LinkedHashMap<>(conditions));
        instances = Collections.unmodifiableMap(new LinkedHashMap<>(instances));
    }

    /** Reads the status of a resource ({@code status}); whatever is missing or malformed counts as not there. */
    public static Status of(Tree status) {
        Tree records = status.at("experiment", "containerRecords");
        Map<String, Boolean> conditions = status.at("conditions").elements().stream()
                .filter(condition -> condition.at("type").text() != null)
                .collect(Collectors.toMap(
                        condition -> condition.at("type").text(""),
                        condition -> condition.at("status").text("").equals("True"),
                        (first, second) -> second));
        return new Status(
                status.at("experiment", "desiredPhase").text(),
                records.value() instanceof List<?>
                        ? records.elements().stream().map(TargetRecord::of).toList()
                        : null,
                conditions,
                status.at("instances").map());
    }

    /** The records, none when targets have not been chosen. */
    public List<TargetRecord> targets() {
        return records == null ? List.of() : records;
    }

    /** The fault is in force on every target now: it is wanted, and every record says {@code Injected}. */
    public boolean isInjected() {
        return RUN.equals(desiredPhase)
                && !targets().isEmpty()
                && targets().stream().allMatch(TargetRecord::isInjected);
    }

    /**
     * Every target has had the fault, now or before. An experiment of short duration can be over by the time that its
     * status is looked at.
     */
    public boolean hasBeenInjected() {
        return !targets().isEmpty()
                && targets().stream().allMatch(record -> record.isInjected() || record.injectedCount() > 0);
    }

    /**
     * The fault has been taken back from every target: that is wanted ({@code Stop}), and every record says so. Never so for
     * a one-shot kind while it exists.
     */
    public boolean isRecovered() {
        return STOP.equals(desiredPhase)
                && !targets().isEmpty()
                && targets().stream().allMatch(TargetRecord::isNotInjected);
    }

    /**
     * The controllers have looked, and have no target so far. Not yet a verdict: the condition is first written before
     * targets are chosen. It becomes one with the Warning Event of a failed selection.
     */
    public boolean isWithoutTargets() {
        return targets().isEmpty() && Boolean.FALSE.equals(conditions.get(SELECTED));
    }

    /** The targets on which the last thing tried failed, with the reason. */
    public List<String> failures() {
        return targets().stream()
                .flatMap(record -> record.lastFailure().stream()
                        .map(event -> event.operation() + " on " + record.id() + " failed: " + event.message()))
                .toList();
    }

    /** One line for a reader. */
    public String describe() {
        if (desiredPhase == null) {
            return "no controller has touched it";
        }
        String targets = records == null
                ? "no targets chosen"
                : targets().stream()
                        .map(record -> record.id() + " " + record.phase())
                        .collect(Collectors.joining(", "));
        return "desiredPhase " + desiredPhase + ", " + targets;
    }

    /** The form in the resource. Conditions come in the order of the map. */
    public Map<String, Object> toMap() {
        Map<String, Object> experiment = new LinkedHashMap<>();
        Optional.ofNullable(desiredPhase).ifPresent(phase -> experiment.put("desiredPhase", phase));
        Optional.ofNullable(records)
                .ifPresent(known -> experiment.put(
                        "containerRecords",
                        known.stream().map(TargetRecord::toMap).toList()));
        Map<String, Object> map = new LinkedHashMap<>();
        if (!conditions.isEmpty()) {
            map.put(
                    "conditions",
                    conditions.entrySet().stream()
                            .map(condition -> Map.of(
                                    "type", condition.getKey(), "status", condition.getValue() ? "True" : "False"))
                            .toList());
        }
        map.put("experiment", experiment);
        if (!instances.isEmpty()) {
            map.put("instances", instances);
        }
        return map;
    }

    public Status withDesiredPhase(String phase) {
        return new Status(phase, records, conditions, instances);
    }

    public Status withConditions(Map<String, Boolean> others) {
        return new Status(desiredPhase, records, others, instances);
    }

    public Status withRecords(List<TargetRecord> others, Map<String, Object> otherInstances) {
        return new Status(desiredPhase, others, conditions, otherInstances);
    }
}
