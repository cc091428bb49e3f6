/** The clusters that scenarios run on. */
@NullMarked
package dev.kintsugi.features.cluster;

import org.jspecify.annotations.NullMarked;
