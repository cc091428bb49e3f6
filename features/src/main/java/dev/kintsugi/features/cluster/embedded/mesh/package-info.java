/** Chaos Mesh on the embedded cluster: its webhook before the API server, its daemon on the nodes. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.mesh;

import org.jspecify.annotations.NullMarked;
