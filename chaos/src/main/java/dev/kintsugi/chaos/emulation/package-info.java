/** Plays the controllers of Chaos Mesh on a cluster that has none. */
@NullMarked
package dev.kintsugi.chaos.emulation;

import org.jspecify.annotations.NullMarked;
