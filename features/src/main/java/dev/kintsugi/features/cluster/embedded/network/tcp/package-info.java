/**
 * What TCP makes of a bad path: two kernels' worth of retransmission, acknowledgement and congestion control in virtual time.
 * Pure: chance and the fate of packets come from the caller's {@link dev.kintsugi.features.cluster.embedded.network.tcp.Wire},
 * time is a parameter.
 */
@NullMarked
package dev.kintsugi.features.cluster.embedded.network.tcp;

import org.jspecify.annotations.NullMarked;
