package dev.kintsugi.features.cluster.embedded.mesh;

import dev.kintsugi.chaos.emulation.ChaosDaemonException;
import dev.kintsugi.chaos.emulation.NetworkFault;
import dev.kintsugi.chaos.model.Percentage;
import dev.kintsugi.features.cluster.embedded.network.AddressBlock;
import dev.kintsugi.features.cluster.embedded.network.LinkDirection;
import dev.kintsugi.features.cluster.embedded.network.LinkFault;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Puts a fault of Chaos Mesh into the terms of a pod's link. */
final class NetworkTranslation {

    private NetworkTranslation() {}

    /** @throws ChaosDaemonException if a target lies where no traffic of the cluster's pods could be met */
    static LinkFault of(NetworkFault fault) throws ChaosDaemonException {
        Set<AddressBlock> peers = blocks(fault.peers());
        if (fault instanceof NetworkFault.Netem netem) {
            return new LinkFault.Netem(
                    LinkDirection.EGRESS,
                    peers,
                    chance(netem.loss()),
                    chance(netem.duplicate()),
                    chance(netem.corrupt()),
                    delay(netem.delay()),
                    netem.bytesPerSecond());
        }
        if (fault instanceof NetworkFault.Bandwidth bandwidth) {
            return new LinkFault.Bandwidth(
                    LinkDirection.EGRESS,
                    peers,
                    bandwidth.bytesPerSecond(),
                    bandwidth.limitBytes(),
                    bandwidth.bufferBytes(),
                    bandwidth.peakBytesPerSecond(),
                    bandwidth.peakBufferBytes());
        }
        return new LinkFault.Partition(direction((NetworkFault.Partition) fault), peers);
    }

    private static LinkDirection direction(NetworkFault.Partition partition) {
        if (partition.egress() && partition.ingress()) {
            return LinkDirection.BOTH;
        }
        return partition.egress() ? LinkDirection.EGRESS : LinkDirection.INGRESS;
    }

    private static LinkFault.Delay delay(NetworkFault.Delay delay) {
        return new LinkFault.Delay(
                delay.latency(), delay.jitter(), share(delay.correlation()), chance(delay.reorder()), delay.gap());
    }

    private static LinkFault.Chance chance(NetworkFault.Chance chance) {
        return new LinkFault.Chance(share(chance.share()), share(chance.correlation()));
    }

    private static double share(Percentage percentage) {
        return percentage.value() / 100;
    }

    /** Names are looked up once, as Chaos Mesh does. */
    private static Set<AddressBlock> blocks(List<String> peers) throws ChaosDaemonException {
        Set<AddressBlock> blocks = new HashSet<>();
        for (String peer : peers) {
            Set<AddressBlock> named = block(peer);
            if (named.stream().noneMatch(AddressBlock::touchesTheCluster)) {
                throw new ChaosDaemonException("target " + peer
                        + " lies outside of the embedded cluster: what its pods exchange with others does not cross"
                        + " their links, and could not be met");
            }
            blocks.addAll(named);
        }
        return blocks;
    }

    private static Set<AddressBlock> block(String peer) throws ChaosDaemonException {
        try {
            return Set.of(AddressBlock.parse(peer));
        } catch (IllegalArgumentException noAddress) {
            return lookUp(peer);
        }
    }

    private static Set<AddressBlock> lookUp(String name) throws ChaosDaemonException {
        Set<AddressBlock> found = new HashSet<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(name)) {
                if (address instanceof Inet4Address ipv4) {
                    found.add(AddressBlock.of(ipv4));
                }
            }
            return found;
        } catch (UnknownHostException e) {
            throw new ChaosDaemonException(
                    "target " + name + " is neither an address, nor a block of addresses, nor a name that is known", e);
        }
    }
}
