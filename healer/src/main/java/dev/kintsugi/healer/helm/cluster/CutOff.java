package dev.kintsugi.healer.helm.cluster;

import java.util.Objects;

/** The rollback was left in the middle: it is pending, and is taken up by the next that is given the same plan. */
final class CutOff extends Exception {

    private static final long serialVersionUID = 1L;

    CutOff(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
