package dev.kintsugi.features.recording;

import java.util.ArrayList;
import java.util.List;

/** Everything seen so far, in the order of receipt. Safe for many writers and readers. */
final class ObservationLog {

    private final List<Observation> seen = new ArrayList<>();

    synchronized void add(Observation observation) {
        seen.add(observation);
    }

    synchronized List<Observation> copy() {
        return List.copyOf(seen);
    }
}
