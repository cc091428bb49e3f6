/** The node agent: registers nodes, runs the pods bound to them and reports how they are; the kubelet's part in the embedded cluster. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.node;

import org.jspecify.annotations.NullMarked;
