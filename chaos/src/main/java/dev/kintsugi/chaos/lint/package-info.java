/** Tells before anything runs that a manifest cannot bite, cannot end, or does not do all that is written. */
@NullMarked
package dev.kintsugi.chaos.lint;

import org.jspecify.annotations.NullMarked;
