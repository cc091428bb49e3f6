/** Experiments as Chaos Mesh resources: writing them, reading their status, and driving them on a cluster. */
@NullMarked
package dev.kintsugi.chaos.mesh;

import org.jspecify.annotations.NullMarked;
