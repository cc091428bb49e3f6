package dev.kintsugi.reports.render;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as a person reads them: about three digits, the same on every machine. */
final class Figures {

    private static final DateTimeFormatter INSTANT = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Figures() {}

    /** Such as {@code 6.2 ms}, {@code 61 ms}, {@code 1.93 s}, {@code 31.1 s}, {@code 2.08 min}, {@code 1.7 h}. */
    static String duration(double millis) {
        double size = Math.abs(millis);
        if (size == 0) {
            return "0";
        }
        if (size < 9.95) {
            return format("%.1f ms", millis);
        }
        if (size < 999.5) {
            return format("%.0f ms", millis);
        }
        if (size < 9_995) {
            return format("%.2f s", millis / 1_000);
        }
        if (size < 59_950) {
            return format("%.1f s", millis / 1_000);
        }
        if (size < 599_700) {
            return format("%.2f min", millis / 60_000);
        }
        return size < 5_997_000 ? format("%.1f min", millis / 60_000) : format("%.1f h", millis / 3_600_000);
    }

    /** Both ends of an interval, such as {@code 1.91–1.93 s}; one when they read the same. */
    static String interval(double earliest, double latest) {
        String from = duration(earliest);
        String to = duration(latest);
        if (from.equals(to)) {
            return to;
        }
        int unit = from.lastIndexOf(' ');
        boolean sameUnit = unit > 0 && to.endsWith(from.substring(unit));
        return (sameUnit ? from.substring(0, unit) : from) + "–" + to;
    }

    /** To the tenth of a millisecond, as measured. */
    static String exact(double millis) {
        return format("%,.1f ms", millis);
    }

    /** Such as {@code 1.5 %}; what is not nothing does not read as nothing, and what is not all not as all. */
    static String share(long part, long whole) {
        if (whole == 0) {
            return "0 %";
        }
        double percent = 100.0 * part / whole;
        if (part > 0 && percent < 0.1) {
            return "< 0.1 %";
        }
        if (part < whole && percent > 99.9) {
            return "> 99.9 %";
        }
        return part == 0 || part == whole ? format("%.0f %%", percent) : format("%.1f %%", percent);
    }

    static String instant(Instant instant) {
        return INSTANT.format(instant);
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }
}
