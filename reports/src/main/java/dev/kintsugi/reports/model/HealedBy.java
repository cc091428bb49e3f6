package dev.kintsugi.reports.model;

/** Who ended the fault's effect, by what was published in the cluster. */
public enum HealedBy {
    /** Kintsugi's healer acted before users were served again. */
    HEALER,
    /** Kubernetes alone (restart, replica set, endpoints), or the end of the experiment. */
    KUBERNETES,
    /** The workload did not recover. */
    NOBODY
}
