/** The self-healing controller: wiring and the loop. */
@NullMarked
package dev.kintsugi.healer;

import org.jspecify.annotations.NullMarked;
