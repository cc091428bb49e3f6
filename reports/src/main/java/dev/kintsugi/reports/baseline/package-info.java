/** Compares a run with an earlier one. Pure arithmetic on two runs. */
@NullMarked
package dev.kintsugi.reports.baseline;

import org.jspecify.annotations.NullMarked;
