package dev.kintsugi.healer.model;

/** The phases of a pod as Kubernetes names them. */
public enum PodPhase {
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    UNKNOWN
}
