package dev.kintsugi.healer.model;

import java.time.Instant;
import java.util.List;

/** One thing to do to one object. Each is safe to send twice. */
public sealed interface Action {

    /** What it is done to; its UID is a precondition. */
    ObjectRef on();

    /** The name under which it is published. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** Dispatches on the kind of action. */
    <R> R accept(Visitor<R> visitor);

    /**
     * Deletes a pod, so that its owner makes a new one.
     *
     * @param force without grace: only for a pod whose node is gone
     */
    record DeletePod(ObjectRef on, boolean force) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.deletePod(this);
        }
    }

    /** Deletes a pod if its PodDisruptionBudget allows. */
    record Evict(ObjectRef on) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.evict(this);
        }
    }

    /**
     * Replaces all pods of a workload, one after the other.
     *
     * @param at the time written into the pod template; the same time again changes nothing
     */
    record RollingRestart(ObjectRef on, Instant at) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.rollingRestart(this);
        }
    }

    /**
     * Gives a workload the pod template of an earlier revision of its own.
     *
     * @param to the ReplicaSet or ControllerRevision that holds it
     * @param revision its number, for people
     */
    record RollBack(ObjectRef on, ObjectRef to, long revision) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.rollBack(this);
        }
    }

    /**
     * Keeps new pods away from a node, and marks that the healer did.
     *
     * @param at the time written into the mark
     */
    record Cordon(ObjectRef on, Instant at) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.cordon(this);
        }
    }

    /**
     * Evicts pods of a node, all at once.
     *
     * @param pods which
     */
    record Drain(ObjectRef on, List<ObjectRef> pods) implements Action {
        /** Makes the list unmodifiable. */
        public Drain {
            pods = List.copyOf(pods);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.drain(this);
        }
    }

    /** Lets new pods come to a node again, and takes the healer's mark away. */
    record Uncordon(ObjectRef on) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.uncordon(this);
        }
    }

    /** One method for each kind of action. */
    interface Visitor<R> {
        R deletePod(DeletePod action);

        R evict(Evict action);

        R rollingRestart(RollingRestart action);

        R rollBack(RollBack action);

        R cordon(Cordon action);

        R drain(Drain action);

        R uncordon(Uncordon action);
    }
}
