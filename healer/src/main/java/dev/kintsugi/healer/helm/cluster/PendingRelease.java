package dev.kintsugi.healer.helm.cluster;

import dev.kintsugi.healer.helm.Release;
import dev.kintsugi.healer.helm.StoredRevision;

/** The revision that a rollback is making: as it is stored, and as it will be stored with the next write. */
final class PendingRelease {

    private final ReleaseStore store;
    private StoredRevision stored;
    private Release release;

    PendingRelease(ReleaseStore store, StoredRevision stored, Release release) {
        this.store = store;
        this.stored = stored;
        this.release = release;
    }

    Release release() {
        return release;
    }

    /** Keeps a change for the next write. */
    void remember(Release changed) {
        release = changed;
    }

    void save() throws ApiProblem, CutOff {
        stored = store.update(stored, release);
    }
}
