package dev.kintsugi.sample;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.Clock;

/** Runs the sample app until SIGTERM, on which it drains and exits 0. Settings come from the environment. */
public final class Main {

    private static final int EXIT_USAGE = 2;

    private Main() {}

    /**
     * Serves; or, given {@code --rehearse}, starts, uses each page once and ends, so that the build can archive the
     * classes this loads.
     */
    public static void main(String[] arguments) throws IOException {
        boolean rehearse = arguments.length == 1 && arguments[0].equals("--rehearse");
        if (arguments.length > 0 && !rehearse) {
            refuse("Arguments are not taken; settings come from the environment: PORT, LISTEN_ADDRESS, UPSTREAM_URL,"
                    + " HOSTNAME, STATE_DIR, LOG_LEVEL");
        }
        try {
            if (rehearse) {
                Rehearsal.run();
            } else {
                serve(Settings.of(System.getenv()));
            }
        } catch (IllegalArgumentException badSetting) {
            refuse(String.valueOf(badSetting.getMessage()));
        }
    }

    private static void serve(Settings settings) {
        Log log =
                new Log(new FileOutputStream(FileDescriptor.out), Clock.systemUTC(), settings.pod(), settings.debug());
        Runtime runtime = Runtime.getRuntime();
        SampleApp app = SampleApp.start(settings, log, runtime::halt);
        runtime.addShutdownHook(new Thread(
                () -> {
                    try {
                        app.drain();
                    } finally {
                        runtime.halt(0);
                    }
                },
                "drain"));
    }

    private static void refuse(String reason) {
        Log log = new Log(new FileOutputStream(FileDescriptor.err), Clock.systemUTC(), "unknown", false);
        log.warn(reason);
        System.exit(EXIT_USAGE);
    }
}
