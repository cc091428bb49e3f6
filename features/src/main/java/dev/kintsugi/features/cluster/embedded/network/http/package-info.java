/** Rules on the HTTP messages of a pod's port, carried out between its link and its process as Chaos Mesh's proxy does. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.network.http;

import org.jspecify.annotations.NullMarked;
