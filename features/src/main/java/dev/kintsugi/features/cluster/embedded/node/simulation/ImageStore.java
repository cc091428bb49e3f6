package dev.kintsugi.features.cluster.embedded.node.simulation;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which images the nodes have, and what comes of pulling the others. No image is ever transferred: containers are processes of this
 * machine, or simulated.
 *
 * <ul>
 *   <li>A registry at {@code localhost} or an address {@code 127.*} refuses the connection: nothing listens there.
 *   <li>A registry whose name ends in {@code .invalid} (RFC 2606) is not found.
 *   <li>Any other registry has every image, but for those with a component or a tag that begins with {@code no-such},
 *       {@code does-not-exist} or {@code nonexistent}, and but for one that an annotation calls missing.
 *   <li>On every node there is what such a registry has, and {@code busybox} and {@code pause} of {@code localhost}.
 * </ul>
 */
public final class ImageStore {

    private static final Pattern ABSENT =
            Pattern.compile("(?:.*/)?(?:no-such|does-not-exist|nonexistent)[^/]*(?:/.*)?");
    private static final Pattern LOCAL = Pattern.compile("(localhost|127(?:\\.\\d{1,3}){3})(?::(\\d+))?");

    private ImageStore() {}

    /** Why a container cannot have its image. */
    public enum Fault {
        /** The reference is malformed. */
        INVALID_NAME,
        /** It is not on the node, and must not be pulled. */
        NEVER_PULLED,
        /** The pull fails. */
        CANNOT_PULL
    }

    /**
     * What stands between a container and its image.
     *
     * @param message as the kubelet or the container runtime words it
     */
    public record Failure(Fault fault, String message) {}

    /**
     * Whether a container can have its image ({@code EnsureImageExists} of the kubelet): the policy {@code Always} asks the registry even
     * when the image is on the node, {@code Never} does not even when it is not.
     *
     * @param policy {@code Always}, {@code IfNotPresent} or {@code Never}
     * @param missing whether an annotation says that the image can be had from nowhere
     * @return empty when it can
     */
    public static Optional<Failure> failure(String image, String policy, boolean missing) {
        ImageReference reference;
        try {
            reference = ImageReference.parse(image);
        } catch (IllegalArgumentException malformed) {
            return Optional.of(new Failure(
                    Fault.INVALID_NAME,
                    "Failed to apply default image tag \"" + image + "\": couldn't parse image name \"" + image + "\": "
                            + malformed.getMessage()));
        }
        Optional<String> pull = pullError(reference, missing);
        boolean present = pull.isEmpty() || (!missing && preloaded(reference));
        if (policy.equals("Never")) {
            return present
                    ? Optional.empty()
                    : Optional.of(new Failure(
                            Fault.NEVER_PULLED,
                            "Container image \"" + image + "\" is not present with pull policy of Never"));
        }
        return present && !policy.equals("Always")
                ? Optional.empty()
                : pull.map(error -> new Failure(Fault.CANNOT_PULL, error));
    }

    private static boolean preloaded(ImageReference reference) {
        return LOCAL.matcher(reference.registry()).matches()
                && (reference.repository().equals("busybox")
                        || reference.repository().equals("pause"))
                && !ABSENT.matcher(reference.tag()).matches();
    }

    /** In the words of containerd; an error without a code of its own comes without the prefix of gRPC. */
    private static Optional<String> pullError(ImageReference reference, boolean missing) {
        String failed = "failed to pull and unpack image \"" + reference + "\": failed to resolve reference \""
                + reference + "\": ";
        String request = "failed to do request: Head \"%s://" + reference.registry() + "/v2/" + reference.repository()
                + "/manifests/" + reference.tag().replace("@", "") + "\": dial tcp";
        var local = LOCAL.matcher(reference.registry());
        if (local.matches()) {
            String address = local.group(1).replace("localhost", "127.0.0.1");
            String port = local.group(2) == null ? "80" : local.group(2);
            return Optional.of(failed + String.format(request, "http") + " " + address + ":" + port
                    + ": connect: connection refused");
        }
        String host = reference.registry().replaceAll(":\\d+$", "").toLowerCase(Locale.ROOT);
        if (host.endsWith(".invalid")) {
            return Optional.of(failed + String.format(request, "https") + ": lookup " + host + ": no such host");
        }
        boolean absent = missing
                || ABSENT.matcher(reference.repository()).matches()
                || ABSENT.matcher(reference.tag()).matches();
        return absent
                ? Optional.of("rpc error: code = NotFound desc = " + failed + reference + ": not found")
                : Optional.empty();
    }
}
