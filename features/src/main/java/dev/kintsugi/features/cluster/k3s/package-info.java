/** k3s, a real Kubernetes, in a container of this machine's Docker, with Chaos Mesh in it. */
@NullMarked
package dev.kintsugi.features.cluster.k3s;

import org.jspecify.annotations.NullMarked;
