package dev.kintsugi.healer.helm;

import java.util.Objects;

/** A manifest that cannot be read; the message says what is wrong with it. */
public final class MalformedManifestException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedManifestException(String why) {
        super(why);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
