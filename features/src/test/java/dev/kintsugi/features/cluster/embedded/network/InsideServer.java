package dev.kintsugi.features.cluster.embedded.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A small process behind a link: each connection is handed to the given conversation on a thread of its own. */
final class InsideServer implements AutoCloseable {

    interface Conversation {
        void hold(Socket socket) throws IOException;
    }

    /** Sends back what comes in, until the end. */
    static final Conversation ECHO = socket -> {
        socket.getInputStream().transferTo(socket.getOutputStream());
        socket.shutdownOutput();
    };

    private final ServerSocket listener;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final Conversation conversation;
    private final Thread acceptor;

    private InsideServer(ServerSocket listener, Conversation conversation) {
        this.listener = listener;
        this.conversation = conversation;
        this.acceptor = daemon(this::acceptAll);
    }

    static InsideServer start(Addresses at, Conversation conversation) {
        try {
            return new InsideServer(new ServerSocket(at.port(), 200, InetAddress.getByName(at.inside())), conversation);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                daemon(() -> hold(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void hold(Socket socket) {
        try (socket) {
            conversation.hold(socket);
        } catch (IOException ended) {
            // The other end has gone, or the process was killed.
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "inside");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Ends like a killed process: the kernel closes all of its sockets. */
    @Override
    public void close() {
        try {
            listener.close();
            acceptor.join();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
