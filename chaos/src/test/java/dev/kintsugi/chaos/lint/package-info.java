/** Tests. */
@NullMarked
package dev.kintsugi.chaos.lint;

import org.jspecify.annotations.NullMarked;
