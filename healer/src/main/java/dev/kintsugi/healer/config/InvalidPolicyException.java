package dev.kintsugi.healer.config;

/** A policy that is refused as a whole: where it is wrong, why, and what would be right. */
public final class InvalidPolicyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidPolicyException(String place, String reason) {
        super(place + ": " + reason);
    }
}
