package dev.kintsugi.features.cluster.embedded.node.pod;

/**
 * An Event to be told of a pod.
 *
 * @param warning type Warning, else Normal
 * @param fieldPath the part of the pod it is about, e.g. {@code spec.containers{web}}; empty for the pod itself
 */
public record Notice(boolean warning, String reason, String message, String fieldPath) {}
