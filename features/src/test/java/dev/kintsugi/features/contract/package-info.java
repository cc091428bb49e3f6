/** The embedded cluster held against recordings of a real Kubernetes: replayed, watched, reduced to states and compared. */
@NullMarked
package dev.kintsugi.features.contract;

import org.jspecify.annotations.NullMarked;
