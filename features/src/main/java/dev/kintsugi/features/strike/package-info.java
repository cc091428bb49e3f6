/** One manifest applied by hand: its effect proven at each target, and ended when it does more harm than was meant. */
@NullMarked
package dev.kintsugi.features.strike;

import org.jspecify.annotations.NullMarked;
