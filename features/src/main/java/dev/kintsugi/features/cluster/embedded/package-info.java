/** The embedded cluster: an API server, control loops and node agents in this process. */
@NullMarked
package dev.kintsugi.features.cluster.embedded;

import org.jspecify.annotations.NullMarked;
