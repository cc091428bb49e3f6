package dev.kintsugi.features.recording;

import java.util.function.Consumer;

/** The way that requests of one stream take to what answers them. */
public interface Line extends AutoCloseable {

    /**
     * Sends one request.
     *
     * @param ended is told once how it ended, on any thread
     */
    void send(Consumer<Reply> ended);

    @Override
    void close();
}
