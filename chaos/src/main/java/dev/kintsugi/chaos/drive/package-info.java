/** Experiments on a cluster from the outside: reads what may be hit, applies under a lease, watches, and takes out again. */
@NullMarked
package dev.kintsugi.chaos.drive;

import org.jspecify.annotations.NullMarked;
