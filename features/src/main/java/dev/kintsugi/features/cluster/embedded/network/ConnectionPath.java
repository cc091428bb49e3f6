package dev.kintsugi.features.cluster.embedded.network;

import dev.kintsugi.features.cluster.embedded.network.tcp.Side;
import java.net.InetAddress;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The path of one connection to a pod: its link and, where another pod calls, that pod's link before it. Each link sees the other
 * pod at its address in the cluster, the caller also when it calls a Service (as it does where the Service is translated at the
 * caller's socket; where it is translated on the node, Chaos Mesh's filters see the Service's address instead).
 */
final class ConnectionPath {

    /** Another pod that calls. */
    record Caller(LossyPath path, InetAddress podIp) {}

    private final LossyPath target;
    private final InetAddress peer;
    private final @Nullable LossyPath caller;
    private final InetAddress targetIp;
    private boolean delayedByTarget;
    private boolean delayedByCaller;

    /** @param client who connects, as its address says */
    ConnectionPath(LossyPath target, InetAddress targetIp, InetAddress client, @Nullable Caller caller) {
        this.target = target;
        this.targetIp = targetIp;
        this.peer = caller == null ? client : caller.podIp();
        this.caller = caller == null ? null : caller.path();
    }

    boolean isImpaired() {
        return target.concerns(peer) || (caller != null && caller.concerns(targetIp));
    }

    void countImpaired() {
        if (target.concerns(peer)) {
            target.countImpaired();
        }
        if (caller != null && caller.concerns(targetIp)) {
            caller.countImpaired();
        }
    }

    void countReset() {
        target.countReset();
    }

    void send(Side from, int size, long now, LongConsumer leaves) {
        if (from == Side.CLIENT) {
            acrossCaller(LinkDirection.EGRESS, size, now, at -> acrossTarget(LinkDirection.INGRESS, size, at, leaves));
        } else {
            acrossTarget(LinkDirection.EGRESS, size, now, at -> acrossCaller(LinkDirection.INGRESS, size, at, leaves));
        }
    }

    private void acrossTarget(LinkDirection oneWay, int size, long now, LongConsumer leaves) {
        if (!target.send(oneWay, peer, size, now, leaves) && !delayedByTarget) {
            delayedByTarget = true;
            target.countDelayed();
        }
    }

    private void acrossCaller(LinkDirection oneWay, int size, long now, LongConsumer leaves) {
        if (caller == null) {
            leaves.accept(now);
        } else if (!caller.send(oneWay, targetIp, size, now, leaves) && !delayedByCaller) {
            delayedByCaller = true;
            caller.countDelayed();
        }
    }
}
