package dev.kintsugi.features.cluster.embedded.network;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Reads addresses of the embedded cluster, all of which lie in 127.0.0.0/8. */
final class LoopbackAddress {

    private LoopbackAddress() {}

    /**
     * The address a literal names. Nothing is looked up.
     *
     * @throws IllegalArgumentException if it is no IPv4 literal or lies outside 127.0.0.0/8: nothing here may listen for,
     *     or connect to, another machine
     */
    static Inet4Address parse(String literal) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
        if (bytes == null || bytes.length != 4 || bytes[0] != 127) {
            throw new IllegalArgumentException("address '" + literal
                    + "' is not allowed; the embedded cluster uses IPv4 addresses in 127.0.0.0/8 only");
        }
        try {
            return (Inet4Address) InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
