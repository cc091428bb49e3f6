/** What runs containers on a node: real processes for images that have a launch command, a simulation for all others. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.node.runtime;

import org.jspecify.annotations.NullMarked;
