/** The control loops of the embedded cluster, run as an ordinary client of the Kubernetes API. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control;

import org.jspecify.annotations.NullMarked;
