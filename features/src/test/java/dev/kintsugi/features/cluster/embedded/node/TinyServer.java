package dev.kintsugi.features.cluster.embedded.node;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** An image for tests: answers {@code /} with its environment, {@code /health} with 200 or what {@code /break} made of it. */
final class TinyServer {

    private static final List<byte[]> EATEN = new ArrayList<>();
    private static volatile int health = 200;

    private TinyServer() {}

    /** All that it needs, so that it starts quickly. */
    static String classPath() {
        return TinyServer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("LISTEN_ADDRESS"), port), 0);
        environment(server);
        server.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(health, -1);
            exchange.close();
        });
        server.createContext("/break", exchange -> {
            health = 500;
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.createContext("/eat", exchange -> {
            for (int i = 0; i < 300; i++) {
                byte[] piece = new byte[1 << 20];
                java.util.Arrays.fill(piece, (byte) 1);
                EATEN.add(piece);
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("bye")));
        server.start();
        System.out.println("serving as " + System.getenv("HOSTNAME"));
        new CountDownLatch(1).await();
    }

    private static void environment(HttpServer server) {
        server.createContext("/", exchange -> {
            StringBuilder text = new StringBuilder();
            System.getenv()
                    .forEach((name, value) ->
                            text.append(name).append('=').append(value).append('\n'));
            byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }
}
