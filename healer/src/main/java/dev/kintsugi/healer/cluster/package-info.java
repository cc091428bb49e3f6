/** The healer's hands and eyes in the cluster: observer, actuator, prober and configuration source. */
@NullMarked
package dev.kintsugi.healer.cluster;

import org.jspecify.annotations.NullMarked;
