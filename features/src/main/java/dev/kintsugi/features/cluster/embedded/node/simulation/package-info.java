/** What a container without a process would do: read from its command, its image and the pod's annotations. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.node.simulation;

import org.jspecify.annotations.NullMarked;
