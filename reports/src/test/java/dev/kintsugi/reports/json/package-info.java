/** What is written is read, fits the schema, and what is not a run is refused with place and reason. */
@NullMarked
package dev.kintsugi.reports.json;

import org.jspecify.annotations.NullMarked;
