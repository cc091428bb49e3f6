/** The embedded cluster's API server: Kubernetes 1.28 over HTTP, held in memory. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api;

import org.jspecify.annotations.NullMarked;
