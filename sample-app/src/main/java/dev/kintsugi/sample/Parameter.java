package dev.kintsugi.sample;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parameter of a request: what it means, its unit and range, and how its text is read.
 *
 * @param range what a good value is, to go after "is not" and in the documentation
 * @param fallback the text that holds when it is not given
 */
record Parameter<T>(String name, String meaning, String range, String fallback, Function<String, Optional<T>> reader) {

    private static final Pattern QUANTITY = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?) ?([A-Za-z%]*)");
    private static final Map<String, Long> BYTES = Map.of(
            "B",
            1L,
            "KB",
            1_000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L,
            "KiB",
            1L << 10,
            "MiB",
            1L << 20,
            "GiB",
            1L << 30,
            "Ki",
            1L << 10,
            "Mi",
            1L << 20,
            "Gi",
            1L << 30);
    private static final Map<String, Long> NANOS =
            Map.of("ms", 1_000_000L, "s", 1_000_000_000L, "m", 60_000_000_000L, "h", 3_600_000_000_000L);

    /** Bytes; the unit must be written: B, KB, MB, GB (powers of 1000), KiB, MiB, GiB (or Ki, Mi, Gi; powers of 1024). */
    static Parameter<Long> size(String name, String meaning, String min, String max, String fallback) {
        long least = quantity(min, BYTES).orElseThrow();
        long most = quantity(max, BYTES).orElseThrow();
        String range = "a size from " + min + " to " + max + " with its unit, such as 10MiB";
        return new Parameter<>(
                name, meaning, range, fallback, text -> quantity(text, BYTES).filter(it -> least <= it && it <= most));
    }

    /** A time; the unit must be written: ms, s, m, h. */
    static Parameter<Duration> duration(String name, String meaning, String min, String max, String fallback) {
        long least = quantity(min, NANOS).orElseThrow();
        long most = quantity(max, NANOS).orElseThrow();
        String range = "a time from " + min + " to " + max + " with its unit (ms, s, m, h), such as 1500ms";
        return new Parameter<>(name, meaning, range, fallback, text -> quantity(text, NANOS)
                .filter(it -> least <= it && it <= most)
                .map(Duration::ofNanos));
    }

    /** A share, as a fraction from 0 to 1 or with a per cent sign. */
    static Parameter<Double> share(String name, String meaning, String fallback) {
        String range = "a share from 0 to 1, such as 0.25, or from 0% to 100%, such as 25%";
        return new Parameter<>(name, meaning, range, fallback, Parameter::fraction);
    }

    static Parameter<Integer> whole(String name, String meaning, int min, int max, String fallback) {
        String range = "a whole number from " + min + " to " + max;
        return new Parameter<>(name, meaning, range, fallback, text -> wholeNumber(text)
                .filter(it -> min <= it && it <= max)
                .map(Long::intValue));
    }

    static Parameter<Long> seed(String name, String meaning) {
        String range = "a whole number from 0 to " + Long.MAX_VALUE;
        return new Parameter<>(name, meaning, range, "0", Parameter::wholeNumber);
    }

    /** The value of a text, or a refusal that says what would be right. */
    T read(String text) {
        return reader.apply(text.strip()).orElseThrow(() -> Refusal.badParameter(name, text, range));
    }

    private static Optional<Long> wholeNumber(String text) {
        try {
            long value = Long.parseLong(text);
            return value < 0 ? Optional.empty() : Optional.of(value);
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    private static Optional<Long> quantity(String text, Map<String, Long> units) {
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches() || !units.containsKey(matcher.group(2))) {
            return Optional.empty();
        }
        double value = Double.parseDouble(matcher.group(1)) * units.get(matcher.group(2));
        return value < 0x1p62 ? Optional.of((long) value) : Optional.empty();
    }

    private static Optional<Double> fraction(String text) {
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches()
                || !(matcher.group(2).isEmpty() || matcher.group(2).equals("%"))) {
            return Optional.empty();
        }
        double value = Double.parseDouble(matcher.group(1)) / (matcher.group(2).isEmpty() ? 1 : 100);
        return value <= 1 ? Optional.of(value) : Optional.empty();
    }
}
