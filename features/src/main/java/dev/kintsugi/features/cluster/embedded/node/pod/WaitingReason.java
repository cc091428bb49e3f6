package dev.kintsugi.features.cluster.embedded.node.pod;

/**
 * Why the last try to start a container came to nothing, shown as its waiting state until it starts.
 *
 * @param reason {@code CrashLoopBackOff}, {@code CreateContainerConfigError}, {@code RunContainerError}, {@code ErrImagePull} and the like
 */
public record WaitingReason(String reason, String message) {}
