/** How requests of this machine get to what runs in a cluster. */
@NullMarked
package dev.kintsugi.features.cluster.reach;

import org.jspecify.annotations.NullMarked;
