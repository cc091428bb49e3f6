/** What can be said of repeated measurements: exact tests, shifts with their intervals, resampling. Pure arithmetic. */
@NullMarked
package dev.kintsugi.reports.statistics;

import org.jspecify.annotations.NullMarked;
