package dev.kintsugi.sample;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A GET over a connection of its own that leaves from a given address, so that who is called, and the network between, can tell who
 * calls: what the JDK's client does only from Java 19 on.
 */
final class BoundGet {

    private static final int MOST_BYTES = 1 << 20;

    /**
     * What came back.
     *
     * @param servedBy the header X-Served-By, if there was one
     */
    record Response(int status, @Nullable String servedBy) {}

    private BoundGet() {}

    /**
     * Sends it and waits for all of the answer.
     *
     * @param uri with the scheme http
     * @throws SocketTimeoutException when that takes longer than {@code timeout}
     * @throws IOException when there is no connection, or no answer
     */
    static Response send(URI uri, InetAddress from, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.setTcpNoDelay(true);
            socket.bind(new InetSocketAddress(from, 0));
            int port = uri.getPort() < 0 ? 80 : uri.getPort();
            socket.connect(new InetSocketAddress(uri.getHost(), port), millisUntil(deadline));
            socket.getOutputStream().write(request(uri).getBytes(ISO_8859_1));
            return response(readAll(socket, deadline));
        }
    }

    private static String request(URI uri) {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return "GET " + path + query + " HTTP/1.1\r\nHost: " + uri.getRawAuthority() + "\r\nConnection: close\r\n\r\n";
    }

    private static byte[] readAll(Socket socket, long deadline) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        InputStream in = socket.getInputStream();
        while (answer.size() < MOST_BYTES) {
            socket.setSoTimeout(millisUntil(deadline));
            int read = in.read(buffer);
            if (read < 0) {
                break;
            }
            answer.write(buffer, 0, read);
        }
        return answer.toByteArray();
    }

    /** At least 1, since 0 would be for ever. */
    private static int millisUntil(long deadline) throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("the time is up");
        }
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }

    private static Response response(byte[] answer) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(new ByteArrayInputStream(answer), ISO_8859_1));
        String first = lines.readLine();
        if (first == null || !first.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
            throw new ProtocolException(first == null ? "closed without an answer" : "no answer in HTTP: " + first);
        }
        String servedBy = null;
        for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase("X-Served-By")) {
                servedBy = line.substring(colon + 1).strip();
            }
        }
        return new Response(Integer.parseInt(first.substring(9, 12)), servedBy);
    }
}
