package dev.kintsugi.healer.helm.cluster;

import java.util.Objects;

/** The API server refused a request, did not answer it, or could not be reached. */
final class ApiProblem extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final int code;

    /** The code of the answer; 0 if there was none. */
    ApiProblem(int code, String message) {
        super(message);
        this.code = code;
    }

    boolean isNotFound() {
        return code == NOT_FOUND;
    }

    boolean isConflict() {
        return code == CONFLICT;
    }

    /** Whether nobody knows if the request had an effect. */
    boolean isUnanswered() {
        return code == 0;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
