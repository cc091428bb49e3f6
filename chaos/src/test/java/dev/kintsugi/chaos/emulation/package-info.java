/** Tests. */
@NullMarked
package dev.kintsugi.chaos.emulation;

import org.jspecify.annotations.NullMarked;
