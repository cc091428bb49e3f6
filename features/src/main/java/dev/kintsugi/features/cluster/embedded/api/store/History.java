package dev.kintsugi.features.cluster.embedded.api.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last changes of one resource, in order; a ring. Guarded by the store's lock. */
final class History {

    private static final int FIRST_SIZE = 64;

    private final int capacity;
    private @Nullable Event[] ring;
    private long first;
    private long next;
    private long droppedRevision;

    /** @param droppedRevision up to which changes count as dropped already */
    History(int capacity, long droppedRevision) {
        this.capacity = capacity;
        this.droppedRevision = droppedRevision;
        this.ring = new Event[Math.min(FIRST_SIZE, capacity)];
    }

    void append(Event event) {
        if (next - first == ring.length) {
            if (ring.length < capacity) {
                grow();
            } else {
                droppedRevision = at(first).revision();
                first++;
            }
        }
        ring[slot(next)] = event;
        next++;
    }

    /** Drops all changes, which go up to {@code revision}. */
    void drop(long revision) {
        first = next;
        droppedRevision = revision;
    }

    /** The revision of the newest change that is no longer here; 0 if none is missing. */
    long droppedRevision() {
        return droppedRevision;
    }

    /** The changes after {@code revision}, oldest first. */
    List<Event> after(long revision) {
        long low = first;
        long high = next;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (at(middle).revision() <= revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        List<Event> events = new ArrayList<>((int) (next - low));
        for (long i = low; i < next; i++) {
            events.add(at(i));
        }
        return events;
    }

    private void grow() {
        @Nullable Event[] bigger = new Event[Math.min(capacity, ring.length * 2)];
        for (long i = first; i < next; i++) {
            bigger[(int) (i % bigger.length)] = at(i);
        }
        ring = bigger;
    }

    private Event at(long place) {
        Event event = ring[slot(place)];
        if (event == null) {
            throw new IllegalStateException("no event at " + place);
        }
        return event;
    }

    private int slot(long place) {
        return (int) (place % ring.length);
    }
}
