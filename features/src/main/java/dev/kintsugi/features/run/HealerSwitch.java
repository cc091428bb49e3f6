package dev.kintsugi.features.run;

/** The healer of a run, which scenarios switch on and off. */
public interface HealerSwitch extends AutoCloseable {

    /**
     * Switches it on, and waits until it is ready. Does nothing when it is on.
     *
     * @throws dev.kintsugi.features.recording.Inconclusive when it is not ready in time
     */
    void on();

    /** Switches it off, and waits until it is. Does nothing when it is off. */
    void off();

    /** Leaves it as it was before the run. */
    @Override
    void close();
}
