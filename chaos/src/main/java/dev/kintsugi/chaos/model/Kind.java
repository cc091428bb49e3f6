package dev.kintsugi.chaos.model;

import java.util.Locale;
import java.util.Optional;

/** The kinds of Chaos Mesh resources that experiments become. */
public enum Kind {
    POD_CHAOS("PodChaos"),
    NETWORK_CHAOS("NetworkChaos"),
    STRESS_CHAOS("StressChaos"),
    HTTP_CHAOS("HTTPChaos"),
    IO_CHAOS("IOChaos"),
    DNS_CHAOS("DNSChaos"),
    TIME_CHAOS("TimeChaos"),
    KERNEL_CHAOS("KernelChaos"),
    JVM_CHAOS("JVMChaos");

    private static final String SUFFIX = "Chaos";

    private final String text;

    Kind(String text) {
        this.text = text;
    }

    /** The kind of that name, if it is one. */
    public static Optional<Kind> of(String text) {
        for (Kind kind : values()) {
            if (kind.text.equals(text)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** The {@code kind} of the resource. */
    public String text() {
        return text;
    }

    /** Its name in paths and permissions; of these kinds plural and singular are the same. */
    public String plural() {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The field that holds its spec inside a Schedule or a template of a Workflow: {@code podChaos}, {@code httpChaos}. */
    public String field() {
        String stem = text.substring(0, text.length() - SUFFIX.length());
        return stem.toLowerCase(Locale.ROOT) + SUFFIX;
    }
}
