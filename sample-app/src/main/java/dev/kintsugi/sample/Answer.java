package dev.kintsugi.sample;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What a request gets.
 *
 * @param body the text, followed by as many spaces as bring it to {@code atLeastBytes}
 * @param afterwards runs once the answer has been sent
 */
record Answer(
        int status,
        String contentType,
        byte[] body,
        int atLeastBytes,
        Map<String, String> headers,
        Runnable afterwards) {

    private static final Runnable NOTHING = () -> {};

    static Answer json(int status, Map<String, Object> body) {
        byte[] text = (Json.write(body) + "\n").getBytes(StandardCharsets.UTF_8);
        return of(status, "application/json", text);
    }

    static Answer of(int status, String contentType, byte[] body) {
        return new Answer(status, contentType, body, 0, Map.of(), NOTHING);
    }

    Answer padded(int bytes) {
        return new Answer(status, contentType, body, bytes, headers, afterwards);
    }

    Answer withHeader(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, body, atLeastBytes, more, afterwards);
    }

    Answer andThen(Runnable then) {
        return new Answer(status, contentType, body, atLeastBytes, headers, then);
    }

    int length() {
        return Math.max(body.length, atLeastBytes);
    }
}
