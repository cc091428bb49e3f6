/** Holds the charts to what they promise: Helm itself lints and renders them. */
@NullMarked
package dev.kintsugi.charts;

import org.jspecify.annotations.NullMarked;
