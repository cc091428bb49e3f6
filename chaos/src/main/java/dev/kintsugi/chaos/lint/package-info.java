/** Tells before anything runs that an experiment cannot bite, or does not do all that is written. */
@NullMarked
package dev.kintsugi.chaos.lint;

import org.jspecify.annotations.NullMarked;
