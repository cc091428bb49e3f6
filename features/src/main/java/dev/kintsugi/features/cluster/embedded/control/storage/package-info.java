/** Simulated storage: claims are bound at once, though there is no volume behind them. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control.storage;

import org.jspecify.annotations.NullMarked;
