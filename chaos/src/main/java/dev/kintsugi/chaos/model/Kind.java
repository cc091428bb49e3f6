package dev.kintsugi.chaos.model;

import java.util.Locale;

/** The kinds of Chaos Mesh resources that experiments become. */
public enum Kind {
    POD_CHAOS("PodChaos"),
    NETWORK_CHAOS("NetworkChaos"),
    STRESS_CHAOS("StressChaos");

    private final String text;

    Kind(String text) {
        this.text = text;
    }

    /** The {@code kind} of the resource. */
    public String text() {
        return text;
    }

    /** Its name in paths and permissions; of these kinds plural and singular are the same. */
    public String plural() {
        return text.toLowerCase(Locale.ROOT);
    }
}
