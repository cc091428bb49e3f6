/** The reports of a run as files: written all at once or not at all, and read back. */
@NullMarked
package dev.kintsugi.reports;

import org.jspecify.annotations.NullMarked;
