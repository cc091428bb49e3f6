/** What one run found out: scenarios, marks, verdicts. */
@NullMarked
package dev.kintsugi.reports.model;

import org.jspecify.annotations.NullMarked;
