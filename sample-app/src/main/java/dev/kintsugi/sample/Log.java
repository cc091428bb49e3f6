package dev.kintsugi.sample;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The structured log: one JSON object a line with {@code time}, {@code level}, {@code pod}, {@code message} and details.
 * When nobody reads it any more the app goes on without.
 */
final class Log {

    private final PrintStream out;
    private final Clock clock;
    private final String pod;
    private final boolean debug;

    Log(OutputStream out, Clock clock, String pod, boolean debug) {
        this.out = new PrintStream(out, false, StandardCharsets.UTF_8);
        this.clock = clock;
        this.pod = pod;
        this.debug = debug;
    }

    boolean debugs() {
        return debug;
    }

    /** Details are name, value, name, value. */
    void debug(String message, @Nullable Object... details) {
        if (debug) {
            write("debug", message, details);
        }
    }

    void info(String message, @Nullable Object... details) {
        write("info", message, details);
    }

    void warn(String message, @Nullable Object... details) {
        write("warn", message, details);
    }

    private void write(String level, String message, @Nullable Object... details) {
        Map<String, Object> line = Json.object("time", clock.instant(), "level", level, "pod", pod, "message", message);
        line.putAll(Json.object(details));
        byte[] bytes = (Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (out) {
            out.write(bytes, 0, bytes.length);
            out.flush();
        }
    }
}
