package dev.kintsugi.chaos.mesh;

import java.util.List;
import java.util.Optional;

/** What became of an attempt to inject a fault. */
public sealed interface Outcome {

    /** For a reader: what happened, and why. */
    String reason();

    /** The resource, when one was created: it stays until it is removed. */
    Optional<Reference> created();

    /** The fault is in force. */
    record Injected(Injection injection) implements Outcome {
        @Override
        public String reason() {
            return injection.reference() + " is injected: " + injection.status().describe();
        }

        @Override
        public Optional<Reference> created() {
            return Optional.of(injection.reference());
        }
    }

    /**
     * The selector matches nothing, so that nothing can be learnt. Found out before anything was created, or told by the
     * controllers afterwards.
     */
    record NoTarget(String reason, Optional<Reference> created) implements Outcome {}

    /** The cluster does not take the experiment: a rule is broken, a name is taken, or Chaos Mesh is not there. */
    record Refused(String reason) implements Outcome {
        @Override
        public Optional<Reference> created() {
            return Optional.empty();
        }
    }

    /**
     * Not in force in time, or the cluster did not answer.
     *
     * @param evidence what status, records and Events told, a line each
     */
    record NotInjected(String reason, List<String> evidence, Optional<Reference> created) implements Outcome {
        public NotInjected {
            evidence = List.copyOf(evidence);
        }
    }
}
