/** A real API server, and what stands in for one here. */
@NullMarked
package dev.kintsugi.features.cluster.apiserver;

import org.jspecify.annotations.NullMarked;
