/**
 * What one run found out: scenarios, marks, verdicts. Pure data; {@code run.json} is these records, field by field.
 *
 * <p>All times are milliseconds with one decimal. Zero of a scenario is the instant at which the injection was requested.
 */
@NullMarked
package dev.kintsugi.reports.model;

import org.jspecify.annotations.NullMarked;
