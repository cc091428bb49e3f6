package dev.kintsugi.features.run;

import org.jspecify.annotations.Nullable;

/**
 * How a run is set up on its cluster.
 *
 * @param chaos by what faults are injected
 * @param healer which healer is switched on and off
 * @param reach how requests get into the cluster: {@code auto}, {@code direct}, {@code proxy}, or a URL with
 *     {@code {service}} and {@code {namespace}} in it
 * @param sampleAppImage the image of the workload; null for the one that its manifest names
 */
public record Setup(
        Chaos chaos, Healing healer, String reach, @Nullable String sampleAppImage) {

    /** By what faults are injected. */
    public enum Chaos {
        /** By Chaos Mesh where it is there, else by the Kubernetes API. */
        AUTO,
        /** By Chaos Mesh; where it is not there nothing runs. */
        MESH,
        /** By the Kubernetes API alone: pods can be killed, and no more. */
        API
    }

    /** Which healer. */
    public enum Healing {
        /** The one that runs in the cluster, if one does, else one beside it. */
        AUTO,
        /** A process on this machine, for the run's own namespaces. */
        LOCAL,
        /** The one that the chart installed. */
        IN_CLUSTER
    }

    /** As it is on a cluster that nobody says more about. */
    public static final Setup DEFAULT = new Setup(Chaos.AUTO, Healing.AUTO, "auto", null);

    static final String REACH_AUTO = "auto";
    static final String REACH_DIRECT = "direct";
    static final String REACH_PROXY = "proxy";

    /** @throws UsageException when {@code reach} is none of these */
    public Setup {
        boolean url = reach.matches("https?://[^\\s]+");
        if (!url && !reach.equals(REACH_AUTO) && !reach.equals(REACH_DIRECT) && !reach.equals(REACH_PROXY)) {
            throw new UsageException("--reach " + reach + ": must be auto, direct, proxy, or a URL such as"
                    + " http://{service}.{namespace}.example.org/");
        }
        if (url && !(reach.contains("{service}") && reach.contains("{namespace}"))) {
            throw new UsageException("--reach " + reach + ": must have {service} and {namespace} in it, since each"
                    + " scenario has a namespace of its own");
        }
    }
}
