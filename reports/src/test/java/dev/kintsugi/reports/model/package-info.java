/** Marks are intervals, and what follows from that. */
@NullMarked
package dev.kintsugi.reports.model;

import org.jspecify.annotations.NullMarked;
