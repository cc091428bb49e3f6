/** Child processes that end with their parent, their logs and what they use of the machine. */
@NullMarked
package dev.kintsugi.features.process;

import org.jspecify.annotations.NullMarked;
