package dev.kintsugi.reports.model;

/**
 * One thing that the scenario asserts.
 *
 * @param text the expectation, as in the feature file
 * @param passed whether it held
 * @param evidence what was measured
 */
public record Expectation(String text, boolean passed, String evidence) {

    public Expectation {
        Require.text(text, "text");
        Require.present(evidence, "evidence");
    }
}
