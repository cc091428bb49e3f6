package dev.kintsugi.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Uses each page of the app once, so that an archive of the classes loaded holds what serving needs. */
final class Rehearsal {

    private static final List<String> REQUESTS = List.of(
            "GET /ready",
            "GET /health",
            "GET /",
            "GET /?bytes=5000",
            "GET /metrics",
            "GET /simulate",
            "GET /nowhere",
            "POST /simulate/latency?delay=1ms&duration=20ms",
            "GET /",
            "POST /simulate/errors?share=100%25",
            "GET /",
            "POST /simulate/cpu?duration=1ms&load=1",
            "POST /simulate/memory-leak?limit=1MiB",
            "POST /simulate/cpu?load=x",
            "POST /simulate/hang?duration=10ms",
            "GET /ready",
            "POST /simulate/reset",
            "GET /simulate/reset");

    private Rehearsal() {}

    static void run() throws IOException {
        String loopback = InetAddress.getLoopbackAddress().getHostAddress();
        Log log = new Log(OutputStream.nullOutputStream(), Clock.systemUTC(), "rehearsal", true);
        try (SampleApp upstream =
                SampleApp.start(Settings.of(Map.of("PORT", "0", "LISTEN_ADDRESS", loopback)), log, exitCode -> {})) {
            String url = "http://" + loopback + ":" + upstream.address().getPort() + "/health";
            Settings settings = Settings.of(Map.of("PORT", "0", "LISTEN_ADDRESS", loopback, "UPSTREAM_URL", url));
            SampleApp app = SampleApp.start(settings, log, exitCode -> {});
            for (String request : REQUESTS) {
                send(app, request);
            }
            app.drain();
        }
    }

    private static void send(SampleApp app, String request) throws IOException {
        try (Socket socket =
                        new Socket(app.address().getAddress(), app.address().getPort());
                InputStream answer = socket.getInputStream()) {
            String head = request + " HTTP/1.1\r\nHost: rehearsal\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            answer.readAllBytes();
        }
    }
}
