package dev.kintsugi.healer.notify;

import dev.kintsugi.healer.model.Notice;

/** One way to tell somebody. */
public interface Notifier {

    /** Its name, for metrics and logs. */
    String name();

    /**
     * Tells it. May take its time; is called from a thread of its own.
     *
     * @throws RuntimeException if it could not be told
     */
    void tell(Notice notice);
}
