/** A sample run, and tests of what is written to disk and shown in a browser. */
@NullMarked
package dev.kintsugi.reports;

import org.jspecify.annotations.NullMarked;
