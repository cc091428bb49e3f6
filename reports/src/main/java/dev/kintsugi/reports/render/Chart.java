package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.FaultWindow;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.model.RequestSeries;
import dev.kintsugi.reports.model.ScenarioResult;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The picture of one scenario: marks, requests and latency above one another on one time axis, in SVG user units. Only the
 * geometry; colours are the style sheet's.
 */
record Chart(
        Size size,
        TimeAxis axis,
        double height,
        List<TimeAxis.Tick> ticks,
        @Nullable Span recovery,
        @Nullable Span fault,
        List<MarkRow> rows,
        String seam,
        @Nullable Load load) {

    /** A chart for a desktop and one for a phone; the style sheet shows the one that fits. */
    enum Size {
        WIDE(1000, 104, 104, 6.4, 76, 400),
        NARROW(360, 76, 50, 6.4, 58, 130);

        final double width;
        final double gutter;
        final double margin;
        final double letter;
        final double tickSpacing;
        final int columns;

        Size(double width, double gutter, double margin, double letter, double tickSpacing, int columns) {
            this.width = width;
            this.gutter = gutter;
            this.margin = margin;
            this.letter = letter;
            this.tickSpacing = tickSpacing;
            this.columns = columns;
        }

        String id() {
            return this == WIDE ? "wide" : "narrow";
        }
    }

    /**
     * The strips of requests and latency.
     *
     * @param bucketMillis time per bar
     * @param merged whether a bar shows several of the measured buckets
     */
    record Load(
            RequestBars bars,
            double barsTop,
            double barsBottom,
            LatencyLines latency,
            double latencyTop,
            double latencyBottom,
            double bucketMillis,
            boolean merged) {}

    private static final double SPAN_ROW = 20;
    private static final double STRIP_GAP = 34;
    private static final double BARS_HEIGHT = 56;
    private static final double LATENCY_HEIGHT = 84;
    private static final double AXIS_HEIGHT = 24;

    /** Whether there is anything to draw. */
    static boolean drawable(ScenarioResult scenario) {
        return !scenario.marks().isEmpty() || !scenario.requests().buckets().isEmpty();
    }

    /** The measured buckets for the script that reads them out: {@code [[at, sent, failed, p50, p99], ...]}. */
    static String series(ScenarioResult scenario) {
        return scenario.requests().buckets().stream()
                .map(b -> "[" + b.atMillis() + "," + b.sent() + "," + b.failed() + "," + b.p50Millis() + ","
                        + b.p99Millis() + "]")
                .collect(Collectors.joining(",", "[", "]"));
    }

    static Chart of(ScenarioResult scenario, Size size) {
        TimeAxis axis = TimeAxis.of(scenario, size.gutter, size.width - size.margin);
        Span recovery = recovery(scenario.recovery(), axis, size);
        Span fault = fault(scenario.faultWindow(), axis, size);
        double rowsTop = 6 + (recovery == null ? 0 : SPAN_ROW) + (fault == null ? 0 : SPAN_ROW);
        List<MarkRow> rows = MarkRow.of(scenario, axis, rowsTop, size);
        double rowsBottom = rowsTop + MarkRow.HEIGHT * rows.size();
        Load load = load(scenario.requests(), axis, rowsBottom, size);
        double bottom = load == null ? rowsBottom : load.latencyBottom();
        return new Chart(
                size,
                axis,
                bottom + AXIS_HEIGHT,
                axis.ticks(size.tickSpacing),
                recovery,
                fault,
                rows,
                seam(rows),
                load);
    }

    double width() {
        return size.width;
    }

    /** Where the grid begins, below the labels of the spans. */
    double top() {
        return rows.isEmpty() ? 6 : rows.get(0).y() - MarkRow.HEIGHT / 2;
    }

    /** Where the captions of the strips begin. */
    double captionX() {
        return size == Size.WIDE ? axis.left() : 0;
    }

    /** Where the second entry of a legend stands: beside the strip below the first, or above the strip beside it. */
    String legend(double stripTop, int entry) {
        return size == Size.WIDE
                ? "translate(" + (axis.right() + 12) + " " + (stripTop + 18 * entry) + ")"
                : "translate(" + (size.width - 150 + 84 * entry) + " " + (stripTop - 18) + ")";
    }

    /** Where the last strip ends and the labels of the axis begin. */
    double bottom() {
        return height - AXIS_HEIGHT;
    }

    /** Row of the label of the fault: the first, or the second below that of the recovery. */
    double faultLabelY() {
        return recovery == null ? 14 : 14 + SPAN_ROW;
    }

    /** The whole picture in words. */
    String description() {
        String marks = rows.stream().map(r -> r.name() + " at " + r.label()).collect(Collectors.joining(", "));
        return (recovery == null ? "" : recovery.label() + ". ")
                + (marks.isEmpty() ? "No marks" : "Marks: " + marks)
                + (load == null ? "." : ". Below on the same time axis: requests and their latency.");
    }

    private static @Nullable Span recovery(@Nullable Recovery recovery, TimeAxis axis, Size size) {
        if (recovery == null) {
            return null;
        }
        String label = "recovery " + Figures.interval(recovery.shortestMillis(), recovery.millis());
        return Span.of(axis.x(0), axis.x(recovery.millis()), label, size);
    }

    private static @Nullable Span fault(@Nullable FaultWindow window, TimeAxis axis, Size size) {
        if (window == null) {
            return null;
        }
        String label = "fault in force " + Figures.duration(window.untilMillis() - window.fromMillis());
        return Span.of(axis.x(window.fromMillis()), axis.x(window.untilMillis()), label, size);
    }

    private static @Nullable Load load(RequestSeries measured, TimeAxis axis, double rowsBottom, Size size) {
        if (measured.buckets().isEmpty()) {
            return null;
        }
        RequestSeries series = Coarsening.of(measured, size.columns);
        double barsTop = rowsBottom + STRIP_GAP;
        double barsBottom = barsTop + BARS_HEIGHT;
        double latencyTop = barsBottom + STRIP_GAP;
        double latencyBottom = latencyTop + LATENCY_HEIGHT;
        return new Load(
                RequestBars.of(series, axis, barsTop, barsBottom),
                barsTop,
                barsBottom,
                LatencyLines.of(series, axis, latencyTop, latencyBottom),
                latencyTop,
                latencyBottom,
                series.bucketMillis(),
                series.bucketMillis() > measured.bucketMillis());
    }

    /** The golden seam: from mark to mark, down to the next row and along it. */
    private static String seam(List<MarkRow> rows) {
        PathData path = new PathData();
        for (int i = 0; i < rows.size(); i++) {
            MarkRow row = rows.get(i);
            if (i == 0) {
                path.moveTo(row.x(), row.y());
            } else {
                path.lineTo(rows.get(i - 1).x(), row.y()).lineTo(row.x(), row.y());
            }
        }
        return path.toString();
    }
}
