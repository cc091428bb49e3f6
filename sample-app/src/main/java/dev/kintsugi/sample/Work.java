package dev.kintsugi.sample;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What serving a request costs: a SHA-256 over 16 KiB, always the same amount. */
final class Work {

    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 4;

    private Work() {}

    /** The digest in hex, different for each {@code request}. */
    static String digest(long request) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[BLOCK_BYTES];
            for (int i = 0; i < BLOCKS; i++) {
                block[i] = (byte) (request >>> (8 * i));
                sha.update(block);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
