package dev.kintsugi.features.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;

/**
 * A cluster that scenarios run on. Driver, healer and recorder speak only the Kubernetes API to it and cannot tell which one
 * it is.
 */
public interface Cluster extends AutoCloseable {

    /** What it is: {@code embedded}, {@code context}, {@code k3s} or {@code api-server}. */
    String kind();

    /** Which timings are in force, such as {@code real} or {@code quick}; {@code own} where the cluster has its own. */
    String timings();

    /** A kubeconfig by which anybody on this machine who may read it reaches the cluster. */
    Path kubeconfig();

    /** A client of the cluster, which the cluster closes. */
    KubernetesClient client();

    /**
     * What faults have left behind on the cluster's machines, beyond what the Kubernetes API shows: stressors, traffic rules. A
     * line each; empty when nothing is left, or where nobody can tell.
     */
    List<String> residue();

    /** What scenarios can do on it. */
    default Capabilities capabilities() {
        return Capabilities.ALL;
    }

    /**
     * Whether others use it, too, and it goes on after the run: then a run takes nothing that is not its own, and leaves
     * nothing behind.
     */
    default boolean shared() {
        return false;
    }

    @Override
    void close();
}
