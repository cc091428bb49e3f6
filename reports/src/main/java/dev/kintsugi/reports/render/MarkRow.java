package dev.kintsugi.reports.render;

import dev.kintsugi.reports.model.Mark;
import dev.kintsugi.reports.model.ScenarioResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One mark in the chart. Each has a row of its own, so that no two labels can collide.
 *
 * @param name what happened
 * @param y middle of the row
 * @param x the mark, which is the latest that it can have happened
 * @param earliestX the earliest
 * @param label when it happened
 * @param labelX where the label stands
 * @param labelLeft whether it ends there, instead of beginning there
 * @param title in full, for those who point at it
 */
record MarkRow(
        String name,
        double y,
        double x,
        double earliestX,
        String label,
        double labelX,
        boolean labelLeft,
        String title) {

    static final double HEIGHT = 21;
    private static final double GAP = 9;

    /** The marks in the order in which they happened. */
    static List<MarkRow> of(ScenarioResult scenario, TimeAxis axis, double top, Chart.Size size) {
        List<Mark> marks = scenario.marks().stream()
                .sorted(Comparator.comparingDouble(Mark::atMillis).thenComparing(Mark::name))
                .toList();
        List<MarkRow> rows = new ArrayList<>();
        for (Mark mark : marks) {
            double x = axis.x(mark.atMillis());
            double earliestX = axis.x(mark.earliestMillis());
            String label = size == Chart.Size.WIDE
                    ? Figures.interval(mark.earliestMillis(), mark.atMillis())
                    : Figures.duration(mark.atMillis());
            boolean left = x + GAP + label.length() * size.letter > size.width;
            rows.add(new MarkRow(
                    Words.of(mark.name()),
                    top + HEIGHT * rows.size() + HEIGHT / 2,
                    x,
                    earliestX,
                    label,
                    left ? earliestX - GAP : x + GAP,
                    left,
                    title(mark)));
        }
        return List.copyOf(rows);
    }

    private static String title(Mark mark) {
        return Words.of(mark.name()) + ": "
                + Figures.exact(mark.earliestMillis()) + " to " + Figures.exact(mark.atMillis())
                + (mark.evidence().isEmpty() ? "" : "\n" + mark.evidence());
    }
}
