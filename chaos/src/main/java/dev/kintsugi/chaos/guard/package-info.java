/** Who would be hit, how much of each workload that is, and whether it may be: decided from facts, before anything is done. */
@NullMarked
package dev.kintsugi.chaos.guard;

import org.jspecify.annotations.NullMarked;
