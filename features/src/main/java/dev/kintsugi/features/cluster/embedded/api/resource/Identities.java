package dev.kintsugi.features.cluster.embedded.api.resource;

import dev.kintsugi.features.cluster.embedded.api.store.Key;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Names and UIDs that follow from a seed: the n-th object of one name, or with one name prefix, has the same UID or
 * suffix in every run with that seed, whatever else happens in between.
 */
final class Identities {

    /** Kubernetes' alphabet for suffixes: no vowels and no look-alikes, so that no word comes out. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private static final int SUFFIX_LENGTH = 5;
    private static final int MAX_GENERATED_PREFIX = 58;
    private static final int MAX_ORDINALS = 100_000;

    private final long seed;
    private final Map<String, Integer> ordinals = new HashMap<>();
    private int epoch;

    Identities(long seed) {
        this.seed = seed;
    }

    /** A name that begins with {@code prefix}, cut to what fits into 63 characters. */
    String generateName(String resource, String namespace, String prefix) {
        byte[] hash = hash("name", resource, namespace, prefix);
        StringBuilder name = new StringBuilder(
                prefix.length() > MAX_GENERATED_PREFIX ? prefix.substring(0, MAX_GENERATED_PREFIX) : prefix);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            name.append(ALPHABET.charAt(Byte.toUnsignedInt(hash[i]) % ALPHABET.length()));
        }
        return name.toString();
    }

    /** A UID in the form of a random one (version 4). */
    String uid(Key key) {
        ByteBuffer hash = ByteBuffer.wrap(hash("uid", key.resource(), key.namespace(), key.name()));
        long high = (hash.getLong() & 0xffffffffffff0fffL) | 0x4000L;
        long low = (hash.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    /** When too many names have been seen their counts are forgotten, and the epoch keeps later ones apart. */
    private byte[] hash(String purpose, String resource, String namespace, String name) {
        String subject = String.join("\n", purpose, resource, namespace, name);
        String text;
        synchronized (ordinals) {
            if (ordinals.size() >= MAX_ORDINALS) {
                ordinals.clear();
                epoch++;
            }
            int ordinal = ordinals.merge(subject, 1, Integer::sum);
            text = String.join("\n", Long.toString(seed), subject, Integer.toString(epoch), Integer.toString(ordinal));
        }
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
