/** Tests of strikes on clusters. */
@NullMarked
package dev.kintsugi.features.strike;

import org.jspecify.annotations.NullMarked;
