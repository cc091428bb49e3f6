package dev.kintsugi.healer.helm;

import java.util.Map;

/**
 * A Secret in which Helm keeps one revision of a release, as it was read.
 *
 * @param data the value of the key {@code release} as the API returns it: base64 of what Helm wrote; empty if there is none
 */
public record StoredRevision(
        String namespace,
        String secret,
        String uid,
        String resourceVersion,
        Map<String, String> labels,
        Map<String, String> annotations,
        String data) {

    /** The type of such Secrets. */
    public static final String TYPE = "helm.sh/release.v1";

    /** Makes the parts unmodifiable. */
    public StoredRevision {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /** What the label says; Helm keeps it the same as the status inside. */
    public ReleaseStatus status() {
        return ReleaseStatus.of(labels.getOrDefault("status", ""));
    }

    /** The release's name, by the label that Helm itself looks for; empty without. */
    public String release() {
        return labels.getOrDefault("name", "");
    }

    /** The revision, by its label; 0 if that is no number. */
    public int version() {
        try {
            return Integer.parseInt(labels.getOrDefault("version", "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /**
     * Reads what is inside.
     *
     * @throws UnreadableReleaseException if it is broken, too large, or another release than the labels say, or of
     *     another namespace than the Secret
     */
    public Release read() throws UnreadableReleaseException {
        Release release = ReleasePayload.decode(namespace + "/" + secret, data);
        if (!release.name().equals(release()) || release.version() != version()) {
            throw new UnreadableReleaseException(
                    namespace + "/" + secret,
                    "the labels say %s revision %d, what is inside says %s revision %d"
                            .formatted(release(), version(), release.name(), release.version()));
        }
        if (!release.namespace().equals(namespace)) {
            throw new UnreadableReleaseException(
                    namespace + "/" + secret, "what is inside says it is of namespace " + release.namespace());
        }
        return release;
    }
}
