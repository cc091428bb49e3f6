/** Verdicts at their edges. */
@NullMarked
package dev.kintsugi.reports.baseline;

import org.jspecify.annotations.NullMarked;
