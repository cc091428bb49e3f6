/** Objects, their one resource version, and the history that watches read. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.store;

import org.jspecify.annotations.NullMarked;
