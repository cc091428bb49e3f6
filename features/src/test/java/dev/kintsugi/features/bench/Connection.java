package dev.kintsugi.features.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/** One kept-alive HTTP/1.1 connection that costs as little as possible, so that what is measured is the server. */
final class Connection implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final String headers;

    Connection(int port, String token) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        this.socket.setTcpNoDelay(true);
        this.socket.setSoTimeout(60_000);
        this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        this.headers =
                " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nAuthorization: Bearer " + token + "\r\n";
    }

    /** Sends a request and takes its answer; returns the length of the body. */
    int exchange(String method, String path, String contentType, String body) throws IOException {
        send(method, path, contentType, body);
        Head head = head();
        if (head.code >= 300) {
            throw new IOException(method + " " + path + ": " + head.code + " " + new String(body(head), UTF_8));
        }
        return body(head).length;
    }

    /** Starts a watch: lines of its answer come by {@link #nextChunk()}. */
    void watch(String path) throws IOException {
        send("GET", path, "", "");
        Head head = head();
        if (head.code != 200 || !head.chunked) {
            throw new IOException("no watch of " + path + ": " + head);
        }
    }

    /** The next piece of a chunked answer. */
    byte[] nextChunk() throws IOException {
        int size = Integer.parseInt(line().strip(), 16);
        byte[] chunk = in.readNBytes(size);
        line();
        return chunk;
    }

    private void send(String method, String path, String contentType, String body) throws IOException {
        byte[] content = body.getBytes(UTF_8);
        StringBuilder head = new StringBuilder(method).append(' ').append(path).append(headers);
        if (!contentType.isEmpty()) {
            head.append("Content-Type: ").append(contentType).append("\r\n");
        }
        if (content.length > 0) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(ISO_8859_1);
        byte[] whole = new byte[start.length + content.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(content, 0, whole, start.length, content.length);
        socket.getOutputStream().write(whole);
    }

    private record Head(int code, int length, boolean chunked) {}

    private Head head() throws IOException {
        int code = Integer.parseInt(line().split(" ", 3)[1]);
        int length = 0;
        boolean chunked = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).strip());
            } else if (header.startsWith("transfer-encoding:")) {
                chunked = header.contains("chunked");
            }
        }
        return new Head(code, length, chunked);
    }

    private byte[] body(Head head) throws IOException {
        if (!head.chunked) {
            return in.readNBytes(head.length);
        }
        byte[] last = nextChunk();
        for (byte[] chunk = last; chunk.length > 0; chunk = nextChunk()) {
            last = chunk;
        }
        return last;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
