package dev.kintsugi.chaos.model;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** One field of a {@link Cron} schedule. */
record CronField(int min, int max, List<String> names, BitSet values, boolean isStar) {
    static final CronField SECOND = unread(0, 59, List.of());
    static final CronField MINUTE = unread(0, 59, List.of());
    static final CronField HOUR = unread(0, 23, List.of());
    static final CronField DAY_OF_MONTH = unread(1, 31, List.of());
    static final CronField MONTH =
            unread(1, 12, List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"));
    static final CronField DAY_OF_WEEK = unread(0, 6, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"));

    private static CronField unread(int min, int max, List<String> names) {
        return new CronField(min, max, names, new BitSet(), false);
    }

    boolean has(int value) {
        return values.get(value);
    }

    /** This field with the values of a text: ranges, separated by commas. */
    CronField parse(String text) {
        BitSet read = new BitSet();
        boolean star = false;
        for (String range : text.split(",", -1)) {
            if (!range.isEmpty()) {
                star |= read(range, read);
            }
        }
        return new CronField(min, max, names, read, star);
    }

    /** Adds a range: {@code N}, {@code N-M}, {@code *} or {@code ?}, each with or without {@code /STEP}. Whether it is a star. */
    private boolean read(String range, BitSet read) {
        String[] rangeAndStep = range.split("/", -1);
        String[] ends = rangeAndStep[0].split("-", -1);
        boolean star = ends[0].equals("*") || ends[0].equals("?");
        int start = star ? min : numberOrName(ends[0]);
        int end = max;
        if (!star) {
            require(ends.length <= 2, "too many hyphens: " + range);
            end = ends.length == 1 ? start : numberOrName(ends[1]);
        }
        require(rangeAndStep.length <= 2, "too many slashes: " + range);
        int step = 1;
        if (rangeAndStep.length == 2) {
            step = number(rangeAndStep[1]);
            end = ends.length == 1 ? max : end;
            star &= step <= 1;
        }
        require(start >= min, "beginning of range (" + start + ") below minimum (" + min + "): " + range);
        require(end <= max, "end of range (" + end + ") above maximum (" + max + "): " + range);
        require(start <= end, "beginning of range (" + start + ") beyond end of range (" + end + "): " + range);
        require(step > 0, "step of range should be a positive number: " + range);
        for (int value = start; value <= end && value >= start; value += step) {
            read.set(value);
        }
        return star;
    }

    private int numberOrName(String text) {
        int index = names.indexOf(text.toLowerCase(Locale.ROOT));
        return index < 0 ? number(text) : index + min;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "failed to parse int from " + text + ": strconv.Atoi: parsing \"" + text + "\": invalid syntax", e);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
