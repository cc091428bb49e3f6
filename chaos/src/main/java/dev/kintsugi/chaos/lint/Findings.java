package dev.kintsugi.chaos.lint;

import dev.kintsugi.chaos.lint.Finding.Severity;
import dev.kintsugi.chaos.manifest.Manifest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is found in one manifest. Of two errors in one field the first counts: the second mostly follows from it. */
final class Findings {
    private final Manifest manifest;
    private final List<Finding> found = new ArrayList<>();

    Findings(Manifest manifest) {
        this.manifest = manifest;
    }

    void error(String field, String problem, String fix) {
        add(Severity.ERROR, field, problem, fix);
    }

    void warning(String field, String problem, String fix) {
        add(Severity.WARNING, field, problem, fix);
    }

    private void add(Severity severity, String field, String problem, String fix) {
        boolean known = found.stream()
                .anyMatch(finding -> finding.field().equals(field)
                        && (finding.severity() == Severity.ERROR
                                || finding.problem().equals(problem)));
        if (!known) {
            found.add(new Finding(manifest.file(), manifest.line(field), severity, field, problem, fix));
        }
    }

    /** In the order of the lines, on one line the worst first. */
    List<Finding> sorted() {
        return found.stream()
                .sorted(Comparator.comparingInt(Finding::line).thenComparing(Finding::severity))
                .toList();
    }
}
