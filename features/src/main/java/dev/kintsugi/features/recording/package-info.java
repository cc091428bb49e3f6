/**
 * Measures a scenario from outside: users' requests and watches of its own, all stamped on one monotonic clock at
 * receipt, reduced to one timeline by pure functions.
 */
@NullMarked
package dev.kintsugi.features.recording;

import org.jspecify.annotations.NullMarked;
