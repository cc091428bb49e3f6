package dev.kintsugi.chaos.model;

import org.jspecify.annotations.Nullable;

/**
 * How much memory a stressor keeps resident, over all its workers: bytes, or a share of the container's limit.
 *
 * <p>Two parsers look at this field in Chaos Mesh: the webhook (go-units) decides what is well formed, the stressor
 * (go-humanize) what it means: {@code MB} is 1000², {@code MiB} 1024².
 */
public sealed interface MemorySize {

    /** The text of the manifest. */
    String text();

    /** The size in bytes, given the container's memory limit in bytes (null: it has none). */
    long bytes(@Nullable Long limitBytes);

    /** An absolute size. {@code bytes} is at least 0. */
    record Bytes(long bytes) implements MemorySize {
        public Bytes {
            if (bytes < 0) {
                throw new InvalidExperiment(FIELD, bytes, "must not be negative", REMEDY);
            }
        }

        /** Plain bytes: the one unit that all readers of the field understand alike. */
        @Override
        public String text() {
            return bytes + "B";
        }

        @Override
        public long bytes(@Nullable Long limitBytes) {
            return bytes;
        }
    }

    /** A share of the container's limit. {@code percent} is from 0 to 100. */
    record ShareOfLimit(int percent) implements MemorySize {
        public ShareOfLimit {
            if (percent < 0 || percent > 100) {
                throw new InvalidExperiment(FIELD, percent + "%", "incorrect bytes format: illegal proportion", REMEDY);
            }
        }

        @Override
        public String text() {
            return percent + "%";
        }

        /**
         * The share in bytes.
         *
         * @throws IllegalStateException when there is no limit to take a share of
         */
        @Override
        public long bytes(@Nullable Long limitBytes) {
            if (limitBytes == null) {
                throw new IllegalStateException(
                        percent + "% of the memory limit was asked for, but the container has no memory limit; "
                                + "set resources.limits.memory or give the size in bytes");
            }
            return limitBytes / 100 * percent + limitBytes % 100 * percent / 100;
        }
    }

    /** The field of the manifest. */
    String FIELD = "spec.stressors.memory.size";

    /** What a size looks like. */
    String REMEDY = "give bytes with a unit such as 256MB or 64MiB, or a share of the container's limit such as 80%";

    /**
     * Reads a size.
     *
     * @throws InvalidExperiment with the rule of Chaos Mesh's webhook
     */
    static MemorySize parse(String text) {
        try {
            return read(text.strip());
        } catch (InvalidExperiment e) {
            throw e;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InvalidExperiment(FIELD, text, "incorrect bytes format: " + e.getMessage(), REMEDY);
        }
    }

    private static MemorySize read(String text) {
        if (text.endsWith("%")) {
            String number = text.substring(0, text.length() - 1);
            try {
                return new ShareOfLimit(Integer.parseInt(number));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("strconv.Atoi: parsing \"" + number + "\": invalid syntax", e);
            }
        }
        return new Bytes(SizeUnits.bytes(text));
    }
}
