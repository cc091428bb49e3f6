package dev.kintsugi.chaos.emulation;

import dev.kintsugi.chaos.emulation.stressor.StressorSpec;
import dev.kintsugi.chaos.model.PodInfo;

/**
 * Brings faults about on the nodes: what Chaos Mesh's node-level daemon does. The emulation decides, this acts.
 *
 * <p>Calls come from several threads, never two at once for one experiment. A call returns when the fault is in force (or
 * taken back), should do so within a second, and may be repeated: what is in force already stays so, what is gone already is no
 * error. A fault does not outlive its pod or, for stressors, its container.
 */
public interface ChaosDaemon {

    /**
     * Kills the processes of a container with SIGKILL.
     *
     * @throws ChaosDaemonException when that is not possible; the message goes into the experiment's record
     */
    void killContainer(PodInfo pod, String container) throws ChaosDaemonException;

    /**
     * Puts a network fault in force on a pod, in place of the one from the same source.
     *
     * @param source names the experiment and its side; a pod can have faults from several sources at once
     */
    void applyNetwork(String source, PodInfo pod, NetworkFault fault) throws ChaosDaemonException;

    /** Takes back what {@link #applyNetwork} did for this source and pod. */
    void clearNetwork(String source, PodInfo pod) throws ChaosDaemonException;

    /**
     * Puts a rule in force on the HTTP messages of one port of a pod, in place of the one from the same source. Rules from several
     * sources act one after the other.
     *
     * @param source names the experiment
     */
    void applyHttp(String source, PodInfo pod, HttpFault fault) throws ChaosDaemonException;

    /** Takes back what {@link #applyHttp} did for this source and pod. */
    void clearHttp(String source, PodInfo pod) throws ChaosDaemonException;

    /**
     * Starts a stressor inside a container, so that its memory and CPU count as the container's.
     *
     * @return a name by which to stop it
     */
    String startStressor(PodInfo pod, String container, StressorSpec spec) throws ChaosDaemonException;

    /** Stops a stressor. */
    void stopStressor(PodInfo pod, String container, String instance) throws ChaosDaemonException;
}
