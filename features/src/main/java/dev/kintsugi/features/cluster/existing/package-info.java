/** A cluster that is there already: how it is found, what it can do, and whether a run can take place on it. */
@NullMarked
package dev.kintsugi.features.cluster.existing;

import org.jspecify.annotations.NullMarked;
