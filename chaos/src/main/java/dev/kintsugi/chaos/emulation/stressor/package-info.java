/** The process that makes memory resident or burns CPU; started beside a container's own. */
@NullMarked
package dev.kintsugi.chaos.emulation.stressor;

import org.jspecify.annotations.NullMarked;
