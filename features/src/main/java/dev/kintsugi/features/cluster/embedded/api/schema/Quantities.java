package dev.kintsugi.features.cluster.embedded.api.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amounts of resources in the one way of writing that Kubernetes stores: no fraction, the largest suffix of the same
 * family that leaves none, at most nine decimals, rounded up.
 *
 * @see <a href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/">Quantity</a>
 */
public final class Quantities {

    static final Pattern PATTERN = Pattern.compile("^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$");

    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)");
    private static final Pattern EXPONENT = Pattern.compile("[eE]([-+]?[0-9]{1,3})");
    private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
    private static final Map<String, Integer> DECIMAL =
            Map.of("n", -9, "u", -6, "m", -3, "", 0, "k", 3, "M", 6, "G", 9, "T", 12, "P", 15, "E", 18);
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final BigInteger KIBI = BigInteger.valueOf(1024);
    private static final int DECIMALS = 9;

    private enum Family {
        BINARY,
        DECIMAL,
        EXPONENT
    }

    private record Amount(BigDecimal value, Family family) {}

    private Quantities() {}

    /**
     * The amount itself; never above 2<sup>63</sup>-1 nor finer than a billionth.
     *
     * @throws IllegalArgumentException if it cannot be read; the message is Kubernetes'
     */
    public static BigDecimal value(String text) {
        return parse(text).value();
    }

    /**
     * The same amount as Kubernetes stores it, e.g. {@code 500m} for {@code 0.5}.
     *
     * @throws IllegalArgumentException if it cannot be read; the message is Kubernetes'
     */
    public static String canonical(String text) {
        Amount amount = parse(text);
        BigDecimal value = amount.value();
        if (value.signum() == 0) {
            return "0";
        }
        boolean small = value.abs().compareTo(BigDecimal.valueOf(1024)) < 0;
        boolean whole = value.stripTrailingZeros().scale() <= 0;
        if (amount.family() == Family.BINARY && !small && whole) {
            return binary(value.toBigIntegerExact());
        }
        return decimal(value, amount.family() == Family.EXPONENT);
    }

    private static Amount parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "quantities must match the regular expression '" + PATTERN.pattern() + "'");
        }
        String number = matcher.group(1);
        String suffix = matcher.group(2);
        if (!NUMBER.matcher(number).matches()) {
            throw new IllegalArgumentException("unable to parse numeric part of quantity");
        }
        BigDecimal value = new BigDecimal(number);
        int binary = BINARY.indexOf(suffix);
        Integer power = DECIMAL.get(suffix);
        Matcher exponent = EXPONENT.matcher(suffix);
        if (power != null) {
            return new Amount(limited(value.scaleByPowerOfTen(power)), Family.DECIMAL);
        }
        if (binary > 0) {
            return new Amount(limited(value.multiply(new BigDecimal(KIBI.pow(binary)))), Family.BINARY);
        }
        if (exponent.matches()) {
            BigDecimal scaled = value.scaleByPowerOfTen(Integer.parseInt(exponent.group(1)));
            return new Amount(limited(scaled), Family.EXPONENT);
        }
        throw new IllegalArgumentException("unable to parse quantity's suffix");
    }

    private static BigDecimal limited(BigDecimal value) {
        if (value.precision() - value.scale() > 20) {
            return value.signum() < 0 ? MAX.negate() : MAX;
        }
        return value.setScale(DECIMALS, RoundingMode.UP).min(MAX).max(MAX.negate());
    }

    private static String binary(BigInteger value) {
        BigInteger rest = value;
        int power = 0;
        while (power < BINARY.size() - 1 && rest.mod(KIBI).signum() == 0) {
            rest = rest.divide(KIBI);
            power++;
        }
        return rest + BINARY.get(power);
    }

    private static String decimal(BigDecimal value, boolean exponent) {
        BigDecimal plain = value.stripTrailingZeros();
        int power = -plain.scale();
        BigInteger digits = plain.unscaledValue();
        while (Math.floorMod(power, 3) != 0) {
            digits = digits.multiply(BigInteger.TEN);
            power--;
        }
        if (power == 0) {
            return digits.toString();
        }
        return digits + (exponent ? "e" + power : suffix(power));
    }

    private static String suffix(int power) {
        for (Map.Entry<String, Integer> one : DECIMAL.entrySet()) {
            if (one.getValue() == power) {
                return one.getKey();
            }
        }
        return "e" + power;
    }
}
