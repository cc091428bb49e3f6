package dev.kintsugi.reports.model;

/**
 * Where a run took place; runs in unlike environments are not compared.
 *
 * @param cluster kind of cluster: {@code embedded}, {@code k3s}, {@code api-server} or {@code context}
 * @param kubernetesVersion as the API server reports it, such as {@code v1.28.0}
 * @param nodes number of nodes
 * @param cpus processors of the machine that ran the scenarios
 * @param java version of the Java runtime
 * @param os operating system and architecture
 * @param timings name of the timings profile of the cluster, such as {@code real} or {@code quick}
 * @param kintsugiVersion version of Kintsugi
 * @param way how users' requests got into the cluster: {@code direct}, or what was in between, which is part of what they met
 */
public record Environment(
        String cluster,
        String kubernetesVersion,
        int nodes,
        int cpus,
        String java,
        String os,
        String timings,
        String kintsugiVersion,
        String way) {

    /** Nothing was between users and the Service's address. */
    public static final String DIRECT = "direct";

    /** Checks the parts; files from before there was a {@code way} mean the direct one. */
    public Environment {
        way = way == null ? DIRECT : way;
        Require.text(cluster, "cluster");
        Require.text(kubernetesVersion, "kubernetesVersion");
        Require.notNegative(nodes, "nodes");
        Require.notNegative(cpus, "cpus");
        Require.text(java, "java");
        Require.text(os, "os");
        Require.text(timings, "timings");
        Require.text(kintsugiVersion, "kintsugiVersion");
        Require.text(way, "way");
    }

    /** One that users reach directly. */
    public Environment(
            String cluster,
            String kubernetesVersion,
            int nodes,
            int cpus,
            String java,
            String os,
            String timings,
            String kintsugiVersion) {
        this(cluster, kubernetesVersion, nodes, cpus, java, os, timings, kintsugiVersion, DIRECT);
    }
}
