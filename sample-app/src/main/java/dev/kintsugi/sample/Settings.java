package dev.kintsugi.sample;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the environment asks for.
 *
 * @param port {@code PORT}, 0 to 65535, default 8080; 0 takes a free one and the log says which
 * @param address {@code LISTEN_ADDRESS}, default 0.0.0.0; one of its own is also where calls of the upstream come from
 * @param upstream {@code UPSTREAM_URL}, an http address that {@code GET /} calls; none by default
 * @param pod {@code HOSTNAME}, by which every answer names its server; in Kubernetes the name of the pod
 * @param stateDirectory {@code STATE_DIR}, a directory that outlives the container (an emptyDir) to count restarts in;
 *     none by default, and then no restart is seen
 * @param debug {@code LOG_LEVEL} is {@code debug} rather than {@code info}: every request is logged
 */
record Settings(
        int port, String address, Optional<URI> upstream, String pod, Optional<Path> stateDirectory, boolean debug) {

    /** @throws IllegalArgumentException naming the variable, its value and what would be right */
    static Settings of(Map<String, String> environment) {
        return new Settings(
                port(environment.getOrDefault("PORT", "8080")),
                environment.getOrDefault("LISTEN_ADDRESS", "0.0.0.0"),
                value(environment, "UPSTREAM_URL").map(Settings::httpAddress),
                podName(environment.getOrDefault("HOSTNAME", "unknown")),
                value(environment, "STATE_DIR").map(Path::of),
                debug(environment.getOrDefault("LOG_LEVEL", "info")));
    }

    /** The address that this process listens on, if it is one and not all of them. */
    Optional<InetAddress> ownAddress() {
        InetAddress listens = new InetSocketAddress(address, 0).getAddress();
        return Optional.ofNullable(listens).filter(own -> !own.isAnyLocalAddress());
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (0 <= port && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            throw bad("PORT", text, "a whole number from 0 to 65535", notANumber);
        }
        throw bad("PORT", text, "a whole number from 0 to 65535", null);
    }

    private static URI httpAddress(String text) {
        String expected = "an absolute http or https address without user info, such as http://backend:8080/";
        try {
            URI uri = URI.create(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (IllegalArgumentException malformed) {
            throw bad("UPSTREAM_URL", text, expected, malformed);
        }
        throw bad("UPSTREAM_URL", text.replaceAll("//[^/]*@", "//***@"), expected, null);
    }

    private static String podName(String text) {
        if (text.isEmpty() || text.length() > 253 || !text.chars().allMatch(Settings::inHostName)) {
            throw bad("HOSTNAME", text, "1 to 253 letters, digits, dots, hyphens and underscores", null);
        }
        return text;
    }

    private static boolean inHostName(int c) {
        return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || ".-_".indexOf(c) >= 0;
    }

    private static boolean debug(String text) {
        return switch (text) {
            case "debug" -> true;
            case "info" -> false;
            default -> throw bad("LOG_LEVEL", text, "info or debug", null);
        };
    }

    private static IllegalArgumentException bad(String name, String value, String expected, @Nullable Throwable cause) {
        return new IllegalArgumentException(name + ": '" + value + "' is not " + expected, cause);
    }
}
