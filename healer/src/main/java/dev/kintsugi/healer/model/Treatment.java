package dev.kintsugi.healer.model;

import java.util.Arrays;
import java.util.Optional;

/** What a rung of a ladder may call for, by the name under which it is configured. */
public enum Treatment {
    /** Removes the pod, so that its owner makes a new one: by eviction where a PodDisruptionBudget stands over it. */
    RESTART_POD("RestartPod"),
    /** Deletes a pod without grace once its node is surely gone. */
    FORCE_DELETE_POD("ForceDeletePod"),
    /** Replaces all pods of the workload, one after the other. */
    ROLLING_RESTART("RollingRestart"),
    /** Brings the workload back to the last revision that was verified good; only where the newest one is the cause. */
    ROLL_BACK("RollBack"),
    /** Keeps new pods away from the node, unless somebody does already. */
    CORDON("Cordon"),
    /** Evicts the node's pods as kubectl does; what a budget holds back is tried again by the next attempt. */
    DRAIN("Drain"),
    /** Lets new pods come to the node again, if it was the healer who kept them away. */
    UNCORDON("Uncordon");

    private final String published;

    Treatment(String published) {
        this.published = published;
    }

    /** The name in policy. */
    public String published() {
        return published;
    }

    /** Whether it can do something about what is wrong with such a thing. */
    public boolean suits(Subject subject) {
        return switch (this) {
            case RESTART_POD, FORCE_DELETE_POD -> subject == Subject.POD;
            case ROLLING_RESTART, ROLL_BACK -> subject == Subject.POD || subject == Subject.WORKLOAD;
            case CORDON, DRAIN, UNCORDON -> subject == Subject.NODE;
        };
    }

    /** The treatment of a published name; empty if there is none. */
    public static Optional<Treatment> of(String published) {
        return Arrays.stream(values())
                .filter(treatment -> treatment.published.equals(published))
                .findFirst();
    }
}
