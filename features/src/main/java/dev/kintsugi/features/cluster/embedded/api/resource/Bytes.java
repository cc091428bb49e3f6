package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;

/** Bytes in base64, as Go's decoder reads them: line breaks are left out, and it says at which byte it stopped. */
final class Bytes {

    private static final int QUANTUM = 4;

    private Bytes() {}

    /** Where the first of these values that is no base64 is wrong; empty if there is none. */
    static OptionalInt illegal(JsonNode values) {
        return StreamSupport.stream(values.spliterator(), false)
                .map(value -> illegal(value.asText()))
                .filter(OptionalInt::isPresent)
                .findFirst()
                .orElse(OptionalInt.empty());
    }

    private static OptionalInt illegal(String text) {
        String bare = text.replace("\r", "").replace("\n", "");
        int end = bare.length();
        while (end > 0 && bare.length() - end < 2 && bare.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = bare.charAt(i);
            boolean known = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!known && c != '+' && c != '/') {
                return OptionalInt.of(i);
            }
        }
        int rest = bare.length() % QUANTUM;
        return rest == 0 ? OptionalInt.empty() : OptionalInt.of(bare.length() - rest);
    }
}
