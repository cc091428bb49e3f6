package dev.kintsugi.healer.helm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The form in which a release stands in its Secret: base64, by the API, of base64, by Helm, of gzipped JSON. Very old releases are
 * not gzipped; Helm tells by the first three bytes.
 */
public final class ReleasePayload {

    /** The API server takes no Secret above 1 MiB; in base64 that is a third more. */
    static final int MAX_STORED = 2 << 20;
    /** Helm's own releases are five to ten times their gzipped size. */
    static final int MAX_JSON = 16 << 20;

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ReleasePayload() {}

    /**
     * Reads a release, with a bound on the memory that takes.
     *
     * @param secret its namespace and name, for the message of the exception
     * @param data the value of {@code data.release} as the API returns it
     */
    static Release decode(String secret, String data) throws UnreadableReleaseException {
        if (data.isEmpty()) {
            throw new UnreadableReleaseException(secret, "the key release is missing or empty");
        }
        if (data.length() > MAX_STORED) {
            throw new UnreadableReleaseException(
                    secret, "it is larger than the %d KiB that a Secret can have".formatted(MAX_STORED >> 10));
        }
        try (InputStream json = new Bounded(inflated(unwrap(secret, data)))) {
            JsonNode root = JSON.readTree(json);
            if (!(root instanceof ObjectNode object)) {
                throw new UnreadableReleaseException(secret, "its JSON is no object");
            }
            return Release.of(secret, object);
        } catch (TooLarge e) {
            throw new UnreadableReleaseException(
                    secret, "it unpacks to more than %d MiB of JSON".formatted(MAX_JSON >> 20));
        } catch (JsonProcessingException e) {
            throw new UnreadableReleaseException(secret, "malformed JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UnreadableReleaseException(secret, "broken gzip: " + e.getMessage());
        }
    }

    /** The value of {@code data.release} for a release. */
    public static String encode(Release release) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            JSON.writeValue(gzip, release.json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] inner = Base64.getEncoder().encode(packed.toByteArray());
        return Base64.getEncoder().encodeToString(inner);
    }

    private static byte[] unwrap(String secret, String data) throws UnreadableReleaseException {
        byte[] inner;
        try {
            inner = Base64.getDecoder().decode(data.getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new UnreadableReleaseException(secret, "the outer base64 is broken: " + e.getMessage());
        }
        try {
            return Base64.getDecoder().decode(inner);
        } catch (IllegalArgumentException e) {
            throw new UnreadableReleaseException(secret, "the inner base64 is broken: " + e.getMessage());
        }
    }

    private static InputStream inflated(byte[] bytes) throws IOException {
        boolean gzipped = bytes.length > 3 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b && bytes[2] == 0x08;
        InputStream plain = new ByteArrayInputStream(bytes);
        return gzipped ? new GZIPInputStream(plain) : plain;
    }

    private static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Gives up as soon as more has been unpacked than a release may have. */
    private static final class Bounded extends FilterInputStream {
        private int left = MAX_JSON;

        Bounded(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return count(super.read(), 1);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            return count(read, read);
        }

        private int count(int result, int bytes) throws IOException {
            if (result >= 0) {
                left -= bytes;
                if (left < 0) {
                    throw new TooLarge();
                }
            }
            return result;
        }
    }
}
