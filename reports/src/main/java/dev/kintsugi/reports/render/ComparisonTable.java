package dev.kintsugi.reports.render;

import dev.kintsugi.reports.baseline.Change;
import dev.kintsugi.reports.baseline.Comparison;
import dev.kintsugi.reports.model.Recovery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A comparison as plain text for a terminal of 80 columns. */
public final class ComparisonTable {

    private static final int WIDTH = 80;
    private static final int NAME = 27;
    private static final String INDENT = " ".repeat(15);

    private ComparisonTable() {}

    /** Lines of at most 80 characters, each ended by a newline; what would move the cursor is taken out. */
    public static String render(Comparison comparison) {
        List<String> lines = new ArrayList<>();
        lines.add(row("", "scenario", "before", "now", "change", ""));
        for (Change change : comparison.changes()) {
            lines.add(row(
                    word(change.status()),
                    change.name(),
                    recovery(change.before()),
                    recovery(change.after()),
                    change.millis().map(ComparisonTable::signed).orElse(""),
                    change.percent().map(ComparisonTable::percent).orElse("")));
            if (!change.reason().isEmpty()) {
                lines.addAll(wrapped(change.reason()));
            }
        }
        lines.add("");
        lines.add(summary(comparison));
        for (String note : comparison.notes()) {
            lines.add(cut("note: " + plain(note), WIDTH));
        }
        return lines.stream().map(line -> line.stripTrailing() + "\n").collect(Collectors.joining());
    }

    private static String row(String status, String name, String before, String now, String change, String percent) {
        String cell = cut(plain(name), NAME);
        String padded = cell + " ".repeat(NAME - cell.codePointCount(0, cell.length()));
        return cut(
                String.format(Locale.ROOT, "%-14s %s %9s %9s %10s %6s", status, padded, before, now, change, percent),
                WIDTH);
    }

    private static String summary(Comparison comparison) {
        String counts = Arrays.stream(Change.Status.values())
                .filter(status -> comparison.count(status) > 0)
                .map(status -> comparison.count(status) + " " + word(status))
                .collect(Collectors.joining(", "));
        return counts.isEmpty() ? "Neither run has a scenario." : counts;
    }

    private static String word(Change.Status status) {
        return status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String recovery(@Nullable Recovery recovery) {
        return recovery == null ? "–" : Figures.duration(recovery.millis());
    }

    private static String signed(double millis) {
        return (millis > 0 ? "+" : "") + Figures.duration(millis);
    }

    private static String percent(double percent) {
        return Math.abs(percent) > 999
                ? (percent > 0 ? ">999%" : "<-999%")
                : String.format(Locale.ROOT, "%+.0f%%", percent);
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(INDENT);
        for (String word : plain(text).split(" ", -1)) {
            String fitting = cut(word, WIDTH - INDENT.length());
            if (line.length() + 1 + fitting.length() > WIDTH && line.length() > INDENT.length()) {
                lines.add(line.toString());
                line = new StringBuilder(INDENT);
            }
            line.append(line.length() > INDENT.length() ? " " : "").append(fitting);
        }
        lines.add(line.toString());
        return lines;
    }

    /** One line without control characters, so that a file cannot send escape sequences to the terminal. */
    private static String plain(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
    }

    private static String cut(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length - 1)) + "…";
    }
}
