/** The network of the embedded cluster: the link of each pod, what may go wrong on it, and the proxy behind a Service. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.network;

import org.jspecify.annotations.NullMarked;
