package dev.kintsugi.reports.render;

/** The {@code d} attribute of an SVG path, with coordinates to the tenth of a pixel and no more. */
final class PathData {

    private final StringBuilder d = new StringBuilder();

    PathData moveTo(double x, double y) {
        return command('M', x, y);
    }

    PathData lineTo(double x, double y) {
        return command('L', x, y);
    }

    PathData close() {
        d.append('Z');
        return this;
    }

    /** A rectangle that stands on {@code bottom}. */
    PathData bar(double left, double right, double bottom, double height) {
        command('M', left, bottom);
        d.append('v');
        number(-height);
        d.append('H');
        number(right);
        d.append('v');
        number(height);
        return close();
    }

    private PathData command(char command, double x, double y) {
        d.append(command);
        number(x);
        d.append(' ');
        number(y);
        return this;
    }

    private void number(double value) {
        long tenths = Math.round(value * 10);
        if (tenths % 10 == 0) {
            d.append(tenths / 10);
        } else {
            d.append(tenths / 10.0);
        }
    }

    @Override
    public String toString() {
        return d.toString();
    }
}
