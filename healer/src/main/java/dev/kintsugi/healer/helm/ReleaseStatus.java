package dev.kintsugi.healer.helm;

import java.util.Locale;

/** The status of one revision, as Helm 3 writes it. */
public enum ReleaseStatus {
    UNKNOWN,
    DEPLOYED,
    UNINSTALLED,
    SUPERSEDED,
    FAILED,
    UNINSTALLING,
    PENDING_INSTALL,
    PENDING_UPGRADE,
    PENDING_ROLLBACK;

    /** Whether an operation is under way, or was when Helm died. */
    public boolean isPending() {
        return this == PENDING_INSTALL || this == PENDING_UPGRADE || this == PENDING_ROLLBACK;
    }

    /** Reads what Helm wrote; what no Helm 3 writes is unknown. */
    public static ReleaseStatus of(String text) {
        for (ReleaseStatus status : values()) {
            if (status.toString().equals(text)) {
                return status;
            }
        }
        return UNKNOWN;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
