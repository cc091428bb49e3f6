package dev.kintsugi.healer.helm.cluster;

import java.util.Objects;

/** A rollback cannot go on; the message is for people. */
final class RollbackFailure extends Exception {

    private static final long serialVersionUID = 1L;

    /** At which point. */
    enum Stage {
        /** Somebody else has changed the release. */
        OVERTAKEN,
        /** Nothing has been written. */
        REFUSED,
        HOOK,
        UPDATE,
        WAIT
    }

    private final Stage stage;

    RollbackFailure(Stage stage, String message) {
        super(message);
        this.stage = stage;
    }

    Stage stage() {
        return stage;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
