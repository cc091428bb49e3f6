/** The self-healing controller: its loop, its wiring, and its signals to the outside (metrics, health, logs). */
@NullMarked
package dev.kintsugi.healer;

import org.jspecify.annotations.NullMarked;
