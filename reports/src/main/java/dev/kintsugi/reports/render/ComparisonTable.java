package dev.kintsugi.reports.render;

import dev.kintsugi.reports.baseline.Change;
import dev.kintsugi.reports.baseline.Comparison;
import dev.kintsugi.reports.baseline.PhaseChange;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.statistics.MannWhitney;
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
                    change.status() == Change.Status.TOO_FEW_SAMPLES ? "too few" : word(change.status()),
                    change.name(),
                    recovery(change.before()),
                    recovery(change.after()),
                    change.millis().map(ComparisonTable::signed).orElse(""),
                    change.percent().map(ComparisonTable::percent).orElse("")));
            if (!change.reason().isEmpty()) {
                lines.addAll(wrapped(change.reason()));
            }
            told(change.phases()).forEach(text -> lines.addAll(wrapped(text)));
        }
        lines.add("");
        lines.add(summary(comparison));
        for (String note : comparison.notes()) {
            lines.add(cut("note: " + plain(note), WIDTH));
        }
        return lines.stream().map(line -> line.stripTrailing() + "\n").collect(Collectors.joining());
    }

    /** What is said of the recovery, and of each other phase that changed. */
    private static List<String> told(List<PhaseChange> phases) {
        return phases.stream()
                .filter(phase -> phase.phase() == MarkName.FIRST_GOOD
                        || phase.status() == Change.Status.REGRESSED
                        || phase.status() == Change.Status.IMPROVED)
                .map(ComparisonTable::told)
                .toList();
    }

    /** Such as {@code recovery of 10 and 10 runs: +773 ms (+743 ms to +803 ms), p = 0.0002}. */
    private static String told(PhaseChange phase) {
        String what = phase.phase() == MarkName.FIRST_GOOD ? "recovery" : Words.of(phase.phase());
        StringBuilder text = new StringBuilder(what + " of " + phase.before().size() + " and "
                + phase.after().size() + " runs: " + signed(phase.shift().estimate()));
        if (Double.isFinite(phase.shift().lower())) {
            text.append(" (" + signed(phase.shift().lower()) + " to "
                    + signed(phase.shift().upper()) + ")");
        }
        text.append(probability(phase.probability()));
        if (phase.status() == Change.Status.TOO_FEW_SAMPLES) {
            text.append("; ")
                    .append(phase.enough().isPresent() ? phase.enough().getAsInt() : "more than " + MannWhitney.MOST)
                    .append(" of each would tell");
        } else if (phase.phase() != MarkName.FIRST_GOOD) {
            text.append("; ").append(word(phase.status()));
        }
        return text.toString();
    }

    private static String probability(double probability) {
        return probability < 0.0001
                ? ", p below 0.0001"
                : String.format(Locale.ROOT, probability < 0.1 ? ", p = %.4f" : ", p = %.2f", probability);
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
