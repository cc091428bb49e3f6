package dev.kintsugi.chaos.model;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The units, and the errors of go-units. */
final class SizeUnits {
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+) ?([^0-9. ]*)");
    private static final Map<Character, Integer> POWER = Map.of('k', 1, 'm', 2, 'g', 3, 't', 4, 'p', 5);

    private SizeUnits() {}

    static long bytes(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new IllegalArgumentException("invalid size: '" + text + "'");
        }
        String suffix = size.group(2).toLowerCase(Locale.ROOT);
        return new BigDecimal(size.group(1))
                .multiply(factor(suffix))
                .toBigInteger()
                .longValueExact();
    }

    private static BigDecimal factor(String suffix) {
        if (suffix.isEmpty() || suffix.equals("b")) {
            return BigDecimal.ONE;
        }
        Integer power = POWER.get(suffix.charAt(0));
        String tail = suffix.substring(1);
        if (power == null || !(tail.isEmpty() || tail.equals("b") || tail.equals("ib"))) {
            throw new IllegalArgumentException("invalid suffix: '" + suffix + "'");
        }
        return BigDecimal.valueOf(tail.equals("ib") ? 1024 : 1000).pow(power);
    }
}
