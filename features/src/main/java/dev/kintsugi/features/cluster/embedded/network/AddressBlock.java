package dev.kintsugi.features.cluster.embedded.network;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A block of IPv4 addresses.
 *
 * @param network its first address
 * @param prefix how many leading bits its addresses share, 0 to 32
 */
public record AddressBlock(Inet4Address network, int prefix) {

    private static final AddressBlock LOOPBACK = parse("127.0.0.0/8");

    public AddressBlock {
        if (prefix < 0 || prefix > 32) {
            throw new IllegalArgumentException("prefix is " + prefix + "; it must be from 0 to 32");
        }
    }

    /** A single address. */
    public static AddressBlock of(Inet4Address address) {
        return new AddressBlock(address, 32);
    }

    /**
     * Reads {@code ADDRESS} or {@code ADDRESS/PREFIX}. Nothing is looked up.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static AddressBlock parse(String text) {
        int slash = text.indexOf('/');
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        try {
            if (bytes != null && bytes.length == 4) {
                int prefix = slash < 0 ? 32 : Integer.parseInt(text.substring(slash + 1));
                return new AddressBlock((Inet4Address) InetAddress.getByAddress(bytes), prefix);
            }
        } catch (java.net.UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no IPv4 address and no block of them", e);
        }
        throw new IllegalArgumentException("'" + text + "' is no IPv4 address and no block of them");
    }

    /** Whether any address of the embedded cluster can lie in it: those are all in 127.0.0.0/8. */
    public boolean touchesTheCluster() {
        return contains(LOOPBACK.network) || LOOPBACK.contains(network);
    }

    public boolean contains(InetAddress address) {
        if (!(address instanceof Inet4Address other)) {
            return false;
        }
        int mask = prefix == 0 ? 0 : -1 << (32 - prefix);
        return (NetUtil.ipv4AddressToInt(other) & mask) == (NetUtil.ipv4AddressToInt(network) & mask);
    }

    @Override
    public String toString() {
        return network.getHostAddress() + (prefix == 32 ? "" : "/" + prefix);
    }
}
