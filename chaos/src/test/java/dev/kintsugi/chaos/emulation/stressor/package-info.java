/** Tests. */
@NullMarked
package dev.kintsugi.chaos.emulation.stressor;

import org.jspecify.annotations.NullMarked;
