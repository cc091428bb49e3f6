/** One run: the cluster, the healer beside it, the scenarios one after the other, and what they found out. */
@NullMarked
package dev.kintsugi.features.run;

import org.jspecify.annotations.NullMarked;
