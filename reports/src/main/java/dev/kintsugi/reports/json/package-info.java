/** {@code run.json}: the records of the model as JSON, written and strictly read. No file is touched. */
@NullMarked
package dev.kintsugi.reports.json;

import org.jspecify.annotations.NullMarked;
