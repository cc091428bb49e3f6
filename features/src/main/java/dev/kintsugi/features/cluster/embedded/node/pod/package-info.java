/** The life of one pod on its node as a state machine: what the kubelet of Kubernetes 1.28 would do next, and what it would report. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.node.pod;

import org.jspecify.annotations.NullMarked;
