/** Tests. */
@NullMarked
package dev.kintsugi.chaos.guard;

import org.jspecify.annotations.NullMarked;
