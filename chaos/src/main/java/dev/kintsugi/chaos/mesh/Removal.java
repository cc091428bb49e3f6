package dev.kintsugi.chaos.mesh;

import java.util.List;

/** What became of an attempt to remove an experiment. */
public sealed interface Removal {

    Reference reference();

    /**
     * It is gone, and so its controllers have taken the fault back.
     *
     * @param requestedAtNanos just before the delete request was sent, by the driver's clock
     * @param goneAtNanos when it was first known to be gone
     */
    record Gone(Reference reference, long requestedAtNanos, long goneAtNanos) implements Removal {}

    /**
     * It is still there; the fault may be too.
     *
     * @param reason for a reader
     * @param evidence finalizers, records and Events, a line each
     */
    record Leftover(Reference reference, String reason, List<String> evidence) implements Removal {
        public Leftover {
            evidence = List.copyOf(evidence);
        }
    }
}
