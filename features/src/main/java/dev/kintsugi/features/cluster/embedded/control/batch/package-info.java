/** The loops that run pods to their end: Jobs, and Jobs by the clock. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control.batch;

import org.jspecify.annotations.NullMarked;
