package dev.kintsugi.features.cluster;

/** What a scenario may need of a cluster beyond Kubernetes itself. It says so by a tag. */
public enum Capability {
    /** Chaos Mesh's resources, and controllers that act on them. */
    CHAOS_MESH("@needs-chaos-mesh", "Chaos Mesh"),

    /** Chaos Mesh can put faults on the network of any pod: its daemon is on every node and the kernel has netem. */
    NETEM("@needs-netem", "netem on every node");

    /** How the tags of all needs begin. */
    public static final String TAG_PREFIX = "@needs-";

    private final String tag;
    private final String text;

    Capability(String tag, String text) {
        this.tag = tag;
        this.text = text;
    }

    /** The tag of a scenario that needs it. */
    public String tag() {
        return tag;
    }

    /** For a person, after "needs". */
    public String text() {
        return text;
    }
}
