package dev.kintsugi.features.cluster.existing;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that does nothing but CONNECT. */
final class ConnectProxy implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final List<String> tunnels = new CopyOnWriteArrayList<>();
    private final NetServer server = vertx.createNetServer().connectHandler(this::accept);

    ConnectProxy() {
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }

    int port() {
        return server.actualPort();
    }

    /** Where it was asked to lead to. */
    List<String> tunnels() {
        return tunnels;
    }

    private void accept(NetSocket client) {
        client.handler(first -> open(client, first));
    }

    private void open(NetSocket client, Buffer first) {
        String target = first.toString().split(" ", 3)[1];
        String[] parts = target.split(":", 2);
        tunnels.add(target);
        client.pause();
        vertx.createNetClient()
                .connect(Integer.parseInt(parts[1]), parts[0])
                .onSuccess(onward -> {
                    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
                    onward.handler(client::write);
                    onward.closeHandler(closed -> client.close());
                    client.handler(onward::write);
                    client.closeHandler(closed -> onward.close());
                    client.resume();
                })
                .onFailure(failure -> client.close());
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
