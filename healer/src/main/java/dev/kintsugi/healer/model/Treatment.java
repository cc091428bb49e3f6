package dev.kintsugi.healer.model;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What a rung of a ladder may call for, by the name under which it is configured. */
public enum Treatment {
    /** Removes the pod, so that its owner makes a new one: by eviction where a PodDisruptionBudget stands over it. */
    RESTART_POD("RestartPod", Subject.POD),
    /** Deletes a pod without grace once its node is surely gone. */
    FORCE_DELETE_POD("ForceDeletePod", Subject.POD),
    /** Replaces all pods of the workload, one after the other. */
    ROLLING_RESTART("RollingRestart", Subject.POD, Subject.WORKLOAD),
    /** Brings the workload back to the last revision that was verified good; only where the newest one is the cause. */
    ROLL_BACK("RollBack", Subject.POD, Subject.WORKLOAD);

    private final String published;
    private final Set<Subject> subjects;

    Treatment(String published, Subject first, Subject... more) {
        this.published = published;
        this.subjects = EnumSet.of(first, more);
    }

    /** The name in policy. */
    public String published() {
        return published;
    }

    /** Whether it can do something about what is wrong with such a thing. */
    public boolean suits(Subject subject) {
        return subjects.contains(subject);
    }

    /** The treatment of a published name; empty if there is none. */
    public static Optional<Treatment> of(String published) {
        return Arrays.stream(values())
                .filter(treatment -> treatment.published.equals(published))
                .findFirst();
    }
}
