package dev.kintsugi.features.cluster.embedded.api.store;

import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import java.util.List;

/**
 * A reader of one resource's changes, in order and without a gap. It holds a place in the history instead of a queue,
 * so that a slow reader costs nothing and one that is too slow is told so.
 */
public final class Watch implements AutoCloseable {

    private final Store store;
    private final String resource;
    private final Runnable signal;
    private Snapshot initial;
    private long place;

    Watch(Store store, String resource, Runnable signal, Snapshot initial, long place) {
        this.store = store;
        this.resource = resource;
        this.signal = signal;
        this.initial = initial;
        this.place = place;
    }

    /** The objects that were there when the watch began, once; empty if it began at a resource version. */
    public List<Item> takeInitial() {
        List<Item> items = initial.items();
        initial = new Snapshot(initial.revision(), List.of());
        return items;
    }

    /**
     * The next changes, oldest first; empty if there is none yet.
     *
     * @throws ApiException 410 if the reader has fallen behind the history
     */
    public List<Event> poll(int max) {
        return store.readHistory(resource, place, max, newPlace -> place = newPlace);
    }

    /** A resource version from which another watch would miss nothing that this one has not given. */
    public long position() {
        return store.positionOf(resource, place);
    }

    @Override
    public void close() {
        store.unsubscribe(resource, this);
    }

    void signal() {
        signal.run();
    }
}
