package dev.kintsugi.features.recording;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Everything seen so far, in the order of receipt. Safe for many writers and readers.
 *
 * <p>It only grows, so what was seen up to an instant is the front of an array that nobody writes to again: looking at it costs
 * the same however much there is.
 */
final class ObservationLog {

    private Observation[] seen = new Observation[1024];
    private int count;

    synchronized void add(Observation observation) {
        if (count == seen.length) {
            seen = Arrays.copyOf(seen, 2 * count);
        }
        seen[count++] = observation;
    }

    /** What was seen until now; it stays as it is. */
    synchronized List<Observation> untilNow() {
        return Collections.unmodifiableList(Arrays.asList(seen).subList(0, count));
    }
}
