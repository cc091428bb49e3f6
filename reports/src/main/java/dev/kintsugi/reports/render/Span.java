package dev.kintsugi.reports.render;

/**
 * A stretch of time in the chart, with its label above it.
 *
 * @param x begin
 * @param width at least one pixel
 * @param label what it is
 * @param labelX where the label stands
 * @param labelLeft whether it ends there, instead of beginning there
 */
record Span(double x, double width, String label, double labelX, boolean labelLeft) {

    static Span of(double fromX, double untilX, String label, Chart.Size size) {
        boolean left = fromX + label.length() * size.letter > size.width;
        return new Span(fromX, Math.max(1, untilX - fromX), label, left ? size.width : fromX, left);
    }
}
