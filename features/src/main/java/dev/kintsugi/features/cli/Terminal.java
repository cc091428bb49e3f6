package dev.kintsugi.features.cli;

import dev.kintsugi.features.run.Progress;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.model.ScenarioResult;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees while a run goes on: on a terminal one line that is drawn anew, else a line for each step.
 */
final class Terminal implements Progress, AutoCloseable {

    private static final int WIDTH = 79;
    private static final int REDRAW_MILLIS = 200;
    private static final String CLEAR = "\r\u001B[K";

    private final PrintWriter out;
    private final boolean live;
    private final int scenarios;
    private final @Nullable Thread redraw;
    private final long startedNanos = System.nanoTime();
    private long scenarioNanos = System.nanoTime();
    private String title = "";
    private String phase = "";
    private boolean closed;

    /**
     * @param live whether lines can be drawn anew
     * @param scenarios how many there will be
     */
    Terminal(PrintWriter out, boolean live, int scenarios) {
        this.out = out;
        this.live = live;
        this.scenarios = scenarios;
        if (live) {
            redraw = new Thread(this::redraw, "terminal");
            redraw.setDaemon(true);
            redraw.start();
        } else {
            redraw = null;
        }
    }

    /** Whether standard output is a terminal, as the launcher found out, that can draw lines anew. */
    static boolean isLive() {
        String term = System.getenv("TERM");
        return Boolean.getBoolean("kintsugi.terminal")
                && term != null
                && !term.equals("dumb")
                && System.getenv("CI") == null;
    }

    @Override
    public synchronized void note(String text) {
        title = "";
        phase = text;
        if (!live) {
            line(seconds(startedNanos) + "  " + text);
        }
    }

    @Override
    public synchronized void scenario(int number, String name) {
        scenarioNanos = System.nanoTime();
        title = "[" + number + "/" + scenarios + "] " + name;
        phase = "";
        if (!live) {
            line(title);
        }
    }

    @Override
    public synchronized void step(String text) {
        phase = text;
        if (!live) {
            line("  " + seconds(scenarioNanos) + "  " + text);
        }
    }

    @Override
    public synchronized void finished(ScenarioResult result) {
        if (live) {
            out.print(CLEAR);
        }
        Recovery recovery = result.recovery();
        String how =
                switch (result.verdict()) {
                    case PASSED -> "passed      ";
                    case FAILED -> "FAILED      ";
                    case INCONCLUSIVE -> "INCONCLUSIVE";
                    case SKIPPED -> "skipped     ";
                };
        line(how + "  " + result.name()
                + (recovery == null ? "" : ", recovered in " + ClosingTable.recovery(recovery)));
        String reason = result.reason();
        if (reason != null) {
            line("              " + reason);
        }
        title = "";
        phase = "";
    }

    private void redraw() {
        while (!Thread.currentThread().isInterrupted()) {
            draw();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(REDRAW_MILLIS));
        }
    }

    private synchronized void draw() {
        if (closed || (phase.isEmpty() && title.isEmpty())) {
            return;
        }
        String text = title.isEmpty()
                ? seconds(startedNanos) + "  " + phase
                : title.substring(0, title.indexOf(']') + 1) + " " + seconds(scenarioNanos) + "  " + phase;
        out.print(CLEAR + (text.length() > WIDTH ? text.substring(0, WIDTH - 1) + "…" : text));
        out.flush();
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }

    private static String seconds(long sinceNanos) {
        return String.format(Locale.ROOT, "%5.1f s", (System.nanoTime() - sinceNanos) / 1e9);
    }

    @Override
    public void close() {
        Thread drawing = redraw;
        if (drawing != null) {
            drawing.interrupt();
            synchronized (this) {
                closed = true;
                out.print(CLEAR);
                out.flush();
            }
        }
    }
}
