package dev.kintsugi.features.cli;

import dev.kintsugi.features.cluster.existing.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Findings as a person reads them: level, subject, what was found, and below it what would help; 80 columns wide. */
final class FindingTable {

    private static final String ROW = "%-5s %-12s %s%n";
    private static final int WIDTH = 80;
    private static final int INDENT = 19;

    private FindingTable() {}

    static String render(List<Finding> findings) {
        StringBuilder table = new StringBuilder();
        for (Finding finding : findings) {
            List<String> lines = new ArrayList<>(wrap(finding.found(), WIDTH - INDENT));
            if (!finding.fix().isEmpty()) {
                lines.addAll(wrap("-> " + finding.fix(), WIDTH - INDENT));
            }
            String level = finding.level().name().toLowerCase(Locale.ROOT);
            table.append(String.format(Locale.ROOT, ROW, level, finding.subject(), lines.get(0)));
            lines.stream().skip(1).forEach(line -> table.append(String.format(Locale.ROOT, ROW, "", "", line)));
        }
        return table.toString();
    }

    /** At spaces; a word that is longer than a line stays whole, so that it can be copied. */
    private static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
