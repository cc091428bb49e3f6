package dev.kintsugi.healer.helm;

import java.util.Objects;

/** A Secret that says it holds a release, and does not. The message names the Secret and what is wrong with it. */
public final class UnreadableReleaseException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadableReleaseException(String secret, String why) {
        super("Secret " + secret + " holds no release that can be read: " + why);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
