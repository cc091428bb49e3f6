/** The words that scenarios are written in. Each step is thin: it says what to do and what must hold, elsewhere it is done. */
@NullMarked
package dev.kintsugi.features.steps;

import org.jspecify.annotations.NullMarked;
