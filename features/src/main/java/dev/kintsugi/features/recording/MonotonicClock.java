package dev.kintsugi.features.recording;

/** The one clock of a recording. Its zero is arbitrary, it never goes back, and it is the same for every observation. */
@FunctionalInterface
public interface MonotonicClock {

    /** Nanoseconds since an arbitrary instant. */
    long nanos();

    /** The clock of this JVM. */
    static MonotonicClock system() {
        return System::nanoTime;
    }
}
