package dev.kintsugi.sample;

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
        String body,
        int atLeastBytes,
        Map<String, String> headers,
        Runnable afterwards) {

    static Answer json(int status, Map<String, Object> body) {
        return of(status, "application/json", Json.write(body) + "\n");
    }

    static Answer of(int status, String contentType, String body) {
        return new Answer(status, contentType, body, 0, Map.of(), Answer::done);
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

    private static void done() {}
}
