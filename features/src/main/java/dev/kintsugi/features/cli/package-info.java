/** The {@code kintsugi} command: what a person types, sees, and gets as exit code. */
@NullMarked
package dev.kintsugi.features.cli;

import org.jspecify.annotations.NullMarked;
