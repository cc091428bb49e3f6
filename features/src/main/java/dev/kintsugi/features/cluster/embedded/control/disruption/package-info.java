/** How many pods may be evicted. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control.disruption;

import org.jspecify.annotations.NullMarked;
