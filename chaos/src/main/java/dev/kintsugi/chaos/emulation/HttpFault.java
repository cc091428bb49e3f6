package dev.kintsugi.chaos.emulation;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What happens to the HTTP messages on one port of a pod, as Chaos Mesh's proxy does it: a message that every given criterion
 * matches is aborted, or else delayed, then altered by {@code replace}, then by {@code patch}.
 *
 * @param target whether the rule looks at requests or at responses
 * @param port of the pod, 1 to 65535
 * @param match which messages are meant
 * @param abort the connection is closed instead
 * @param delay by which the message is late; zero means it is not
 */
public record HttpFault(
        Target target, int port, Match match, boolean abort, Duration delay, Replace replace, Patch patch) {

    /** The messages that a rule is about. */
    public enum Target {
        REQUEST,
        RESPONSE
    }

    public HttpFault {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port is " + port + "; it must be from 1 to 65535");
        }
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay is " + delay + "; it must not be negative");
        }
    }

    /**
     * Which messages are meant; what is empty matches all. That of a response looks at the request it answers, too.
     *
     * @param path of the request, in which {@code *} stands for any text and {@code ?} for any one character
     * @param method of the request
     * @param code of the response; rules about requests have none
     * @param requestHeaders that the request must have, with exactly these values
     * @param responseHeaders that the response must have; rules about requests have none
     */
    public record Match(
            Optional<String> path,
            Optional<String> method,
            Optional<Integer> code,
            Map<String, String> requestHeaders,
            Map<String, String> responseHeaders) {
        public static final Match ALL =
                new Match(Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), Map.of());

        public Match {
            requestHeaders = Map.copyOf(requestHeaders);
            responseHeaders = Map.copyOf(responseHeaders);
        }
    }

    /**
     * What takes the place of what was there.
     *
     * @param path of a request; its queries stay
     * @param method of a request
     * @param queries of a request, by name
     * @param code of a response
     * @param headers by name
     * @param base64Body in full, encoded as in the manifest
     */
    public record Replace(
            Optional<String> path,
            Optional<String> method,
            Map<String, String> queries,
            Optional<Integer> code,
            Map<String, String> headers,
            Optional<String> base64Body) {
        public static final Replace NOTHING =
                new Replace(Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), Map.of(), Optional.empty());

        public Replace {
            queries = Map.copyOf(queries);
            headers = Map.copyOf(headers);
            base64Body.ifPresent(Base64.getDecoder()::decode);
        }
    }

    /**
     * What is added to what was there.
     *
     * @param queries of a request, appended in this order
     * @param headers appended in this order
     * @param jsonBody a JSON merge patch (RFC 7396) of the body
     */
    public record Patch(List<Pair> queries, List<Pair> headers, Optional<String> jsonBody) {
        public static final Patch NOTHING = new Patch(List.of(), List.of(), Optional.empty());

        public Patch {
            queries = List.copyOf(queries);
            headers = List.copyOf(headers);
        }
    }

    /** A name and its value. */
    public record Pair(String name, String value) {}
}
