package dev.kintsugi.features.cluster.embedded.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of loopback addresses that belongs to one cluster of this machine, as long as it is open. Several clusters can run on one
 * machine at a time, so each claims its blocks: it listens on port {@value #LOCK_PORT} of the block's first address, which nobody else
 * can do then, and which ends with the process whatever happens to it.
 */
public final class LoopbackBlock implements AutoCloseable {

    private static final int LOCK_PORT = 61_311;
    private static final Pattern CIDR = Pattern.compile("127\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

    private final int first;
    private final int prefix;
    private final ServerSocket lock;

    private LoopbackBlock(int first, int prefix, ServerSocket lock) {
        this.first = first;
        this.prefix = prefix;
        this.lock = lock;
    }

    /**
     * Claims a free block within a range.
     *
     * @param range such as {@code 127.64.0.0/16}, inside 127.0.0.0/8
     * @param prefix length of the block's prefix, that of the range to 30
     * @param seed of the order in which the blocks are tried
     * @return empty when other clusters hold every block of the range
     * @throws IllegalArgumentException for any other range or prefix
     */
    public static Optional<LoopbackBlock> claim(String range, int prefix, long seed) {
        Matcher matcher = CIDR.matcher(range);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "range '" + range + "' is not a range of loopback addresses such as 127.64.0.0/16");
        }
        int base = 127 << 24
                | Integer.parseInt(matcher.group(1)) << 16
                | Integer.parseInt(matcher.group(2)) << 8
                | Integer.parseInt(matcher.group(3));
        int rangePrefix = Integer.parseInt(matcher.group(4));
        if (rangePrefix < 8 || prefix < rangePrefix || prefix > 30) {
            throw new IllegalArgumentException(
                    "blocks of /" + prefix + " cannot be cut from " + range + "; /" + rangePrefix + " to /30 can");
        }
        List<Integer> blocks = new ArrayList<>();
        for (int i = 0; i < 1 << (prefix - rangePrefix); i++) {
            blocks.add(base + (i << (32 - prefix)));
        }
        Collections.shuffle(blocks, new Random(seed));
        return blocks.stream()
                .flatMap(block -> tryClaim(block, prefix).stream())
                .findFirst();
    }

    private static Optional<LoopbackBlock> tryClaim(int first, int prefix) {
        try {
            ServerSocket lock = new ServerSocket();
            try {
                lock.bind(new InetSocketAddress(address(first), LOCK_PORT), 1);
                return Optional.of(new LoopbackBlock(first, prefix, lock));
            } catch (IOException held) {
                lock.close();
                return Optional.empty();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a range, e.g. {@code 127.96.16.0/20}. */
    public String cidr() {
        return text(first) + "/" + prefix;
    }

    /** All its addresses but the first, which holds the claim, and the last. */
    List<String> addresses() {
        List<String> addresses = new ArrayList<>();
        for (int i = 1; i < (1 << (32 - prefix)) - 1; i++) {
            addresses.add(text(first + i));
        }
        return addresses;
    }

    private static String text(int address) {
        return address(address).getHostAddress();
    }

    private static InetAddress address(int address) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Gives the block back. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
