package dev.kintsugi.sample;

import java.io.OutputStream;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real app in this process, on a free port; what would end the process is only noted. */
record InProcess(SampleApp app, Http http, List<Integer> exitCodes) implements AutoCloseable {

    static InProcess start() {
        return start(Map.of());
    }

    static InProcess start(Map<String, String> environment) {
        Map<String, String> all =
                new HashMap<>(Map.of("PORT", "0", "LISTEN_ADDRESS", "127.0.0.1", "HOSTNAME", "pod-1"));
        all.putAll(environment);
        List<Integer> exitCodes = new CopyOnWriteArrayList<>();
        Log log = new Log(OutputStream.nullOutputStream(), Clock.systemUTC(), "pod-1", true);
        SampleApp app = SampleApp.start(Settings.of(all), log, exitCodes::add);
        return new InProcess(app, new Http(app.address().getPort()), exitCodes);
    }

    @Override
    public void close() {
        app.close();
    }
}
