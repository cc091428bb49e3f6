package dev.kintsugi.sample;

import java.io.Serial;
import java.util.Map;

/** A request that is not served, with the status and the reason its sender gets. */
final class Refusal extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    Refusal(Answer answer, String reason) {
        super(reason, null, false, false);
        this.answer = answer;
    }

    static Refusal of(int status, String reason) {
        return new Refusal(Answer.json(status, Json.object("error", reason)), reason);
    }

    /** 405, and in {@code Allow} what would be right (RFC 9110, 15.5.6). */
    static Refusal wrongMethod(String method, String path, String allowed) {
        String reason = path + " takes " + allowed + ", not " + method;
        Answer answer = Answer.json(405, Json.object("error", reason)).withHeader("Allow", allowed);
        return new Refusal(answer, reason);
    }

    /** 400 for a value out of its range or unit. */
    static Refusal badParameter(String name, String value, String expected) {
        String reason = name + ": '" + value + "' is not " + expected;
        Map<String, Object> body =
                Json.object("error", reason, "parameter", name, "value", value, "expected", expected);
        return new Refusal(Answer.json(400, body), reason);
    }

    Answer answer() {
        return answer;
    }
}
