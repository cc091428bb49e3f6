package dev.kintsugi.chaos.model;

import java.util.Locale;

/** Which packets a network fault meets, seen from the selected pods. */
public enum Direction {
    /** Those that leave the selected pods (towards the peer, when one is named). */
    TO,
    /** Those that come from the peer. */
    FROM,
    /** Both. */
    BOTH;

    /** The text of the manifest. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the text of a manifest.
     *
     * @throws InvalidExperiment when the text is none of {@code to}, {@code from}, {@code both}
     */
    public static Direction parse(String text) {
        for (Direction direction : values()) {
            if (direction.text().equals(text)) {
                return direction;
            }
        }
        throw new InvalidExperiment("spec.direction", text, "unsupported value", "use one of to, from, both");
    }
}
