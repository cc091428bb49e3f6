/** The loops that keep pods in number and up to date. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control.workload;

import org.jspecify.annotations.NullMarked;
