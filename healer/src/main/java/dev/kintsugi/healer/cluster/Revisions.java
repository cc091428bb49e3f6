package dev.kintsugi.healer.cluster;

import dev.kintsugi.healer.model.Revision;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the two kinds of object that hold a workload's revisions. */
final class Revisions {

    /**
     * The annotation of a revision that the healer has seen good everywhere: its UID and when. The UID stands in it since
     * Kubernetes copies annotations from revision to revision.
     */
    static final String VERIFIED = "kintsugi.dev/verified-good";

    private static final String NUMBER = "deployment.kubernetes.io/revision";

    private Revisions() {}

    /** A ReplicaSet without a revision number, as of nobody's or of a Deployment that is just being made, has number 0. */
    static Revision of(ReplicaSet set) {
        return new Revision(Reader.ref(set), number(annotations(set).get(NUMBER)), null, verifiedAt(set));
    }

    /** Pods of a DaemonSet carry the hash, those of a StatefulSet the revision's name. */
    static Revision of(ControllerRevision revision) {
        Map<String, String> labels = revision.getMetadata().getLabels();
        String hash = labels == null ? null : labels.get(Revision.HASH_LABEL);
        return new Revision(
                Reader.ref(revision),
                revision.getRevision() == null ? 0 : revision.getRevision(),
                Objects.requireNonNullElse(hash, revision.getMetadata().getName()),
                verifiedAt(revision));
    }

    /** The value of {@link #VERIFIED} for an object. */
    static String mark(String uid, Instant at) {
        return uid + " " + at;
    }

    private static @Nullable Instant verifiedAt(HasMetadata object) {
        String mark = annotations(object).get(VERIFIED);
        String own = object.getMetadata().getUid() + " ";
        if (mark == null || !mark.startsWith(own)) {
            return null;
        }
        try {
            return Instant.parse(mark.substring(own.length()));
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static long number(@Nullable String text) {
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Map<String, String> annotations(HasMetadata object) {
        return Objects.requireNonNullElse(object.getMetadata().getAnnotations(), Map.of());
    }
}
