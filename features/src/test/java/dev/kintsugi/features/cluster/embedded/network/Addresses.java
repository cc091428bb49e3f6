package dev.kintsugi.features.cluster.embedded.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A pod's two addresses and a port that is free on both, drawn at random so that runs side by side do not collide. */
record Addresses(String front, String inside, int port) {

    static Addresses draw() {
        for (int attempt = 0; attempt < 100; attempt++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            String host = (random.nextInt(254) + 1) + "." + (random.nextInt(254) + 1);
            Addresses drawn = new Addresses("127.64." + host, "127.65." + host, 20_000 + random.nextInt(10_000));
            if (isFree(drawn.front, drawn.port) && isFree(drawn.inside, drawn.port)) {
                return drawn;
            }
        }
        throw new IllegalStateException("no free loopback address found in 100 attempts");
    }

    private static boolean isFree(String host, int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
