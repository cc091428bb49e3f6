package dev.kintsugi.features.cluster.embedded.node.simulation;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reference to an image, in parts.
 *
 * @param registry host, with the port if there is one
 * @param repository path within the registry
 * @param tag the tag, or the digest with its {@code @}
 */
record ImageReference(String registry, String repository, String tag) {

    private static final String COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
    private static final Pattern DOMAIN = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\\d+)?");
    private static final Pattern REMAINDER = Pattern.compile("(" + COMPONENT + "(?:/" + COMPONENT
            + ")*)(?::(\\w[\\w.-]{0,127}))?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?");

    /**
     * Takes a reference apart as container runtimes do ({@code ParseNormalizedNamed} of distribution): the part before the first slash is
     * a registry when it has a dot or a colon or is {@code localhost}; else the registry is {@code docker.io}, which keeps names of one
     * component under {@code library}. Without a tag {@code latest} is meant.
     *
     * @throws IllegalArgumentException for a malformed reference
     */
    static ImageReference parse(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
        String domain = registry ? first : "docker.io";
        String rest = registry ? image.substring(slash + 1) : image;
        String remainder = domain.equals("docker.io") && !rest.contains("/") ? "library/" + rest : rest;
        String path = remainder.contains(":") ? remainder.substring(0, remainder.indexOf(':')) : remainder;
        if (!path.equals(path.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("invalid reference format: repository name must be lowercase");
        }
        Matcher matcher = REMAINDER.matcher(remainder);
        if (!DOMAIN.matcher(domain).matches() || !matcher.matches()) {
            throw new IllegalArgumentException("invalid reference format");
        }
        String tag =
                matcher.group(3) != null ? matcher.group(3) : matcher.group(2) == null ? "latest" : matcher.group(2);
        return new ImageReference(domain, matcher.group(1), tag);
    }

    /** The reference in full. */
    @Override
    public String toString() {
        return registry + "/" + repository + (tag.startsWith("@") ? tag : ":" + tag);
    }
}
