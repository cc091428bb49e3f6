package dev.kintsugi.chaos.model;

import java.math.BigDecimal;

/**
 * A share in percent.
 *
 * @param value 0 to 100
 */
public record Percentage(double value) {

    /** Nothing at all. */
    public static final Percentage ZERO = new Percentage(0);

    private static final String REMEDY = "give a percentage from 0 to 100, such as 30 or 12.5%";

    public Percentage {
        if (!(value >= 0 && value <= 100)) {
            throw new InvalidExperiment("percentage", value, "must be from 0 to 100", REMEDY);
        }
    }

    public static Percentage of(double percent) {
        return new Percentage(percent);
    }

    /**
     * Reads a percentage, with or without the percent sign.
     *
     * <p>Chaos Mesh's webhook takes any number here, so that a loss of 130 % or -5 % is accepted and fails on the node;
     * such values are refused.
     *
     * @throws InvalidExperiment naming the field when the text is no number from 0 to 100
     */
    public static Percentage parse(String field, String text) {
        String number = text.strip();
        number = number.endsWith("%") ? number.substring(0, number.length() - 1).strip() : number;
        double value;
        try {
            value = new BigDecimal(number).doubleValue();
        } catch (NumberFormatException e) {
            throw new InvalidExperiment(
                    field,
                    text,
                    "parse correlation field error:strconv.ParseFloat: parsing \"" + text + "\": invalid syntax",
                    REMEDY);
        }
        if (value < 0 || value > 100) {
            throw new InvalidExperiment(field, text, "must be from 0 to 100", REMEDY);
        }
        return new Percentage(value);
    }

    /** The number alone, without needless zeros: {@code 30}, {@code 12.5}. */
    public String text() {
        return value == 0 ? "0" : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    @Override
    public String toString() {
        return text() + "%";
    }
}
