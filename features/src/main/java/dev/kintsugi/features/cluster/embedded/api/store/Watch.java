package dev.kintsugi.features.cluster.embedded.api.store;

import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A reader of one resource's changes, in order and without a gap. What it has not read yet waits for it, up to as many
 * changes as the history keeps; a reader that is slower is told so.
 */
public final class Watch implements AutoCloseable {

    private final Store store;
    private final String resource;
    private final Scope scope;
    private final Runnable signal;
    private final int capacity;
    private final Deque<Event> waiting = new ArrayDeque<>();
    private List<Item> initial;
    private long lost;

    Watch(Store store, String resource, Scope scope, Runnable signal, int capacity, List<Item> initial) {
        this.store = store;
        this.resource = resource;
        this.scope = scope;
        this.signal = signal;
        this.capacity = capacity;
        this.initial = initial;
    }

    /** The objects that were there when the watch began, once; empty if it began at a resource version. */
    public List<Item> takeInitial() {
        List<Item> items = initial;
        initial = List.of();
        return items;
    }

    /**
     * The next changes, oldest first; empty if there is none yet.
     *
     * @throws ApiException 410 if the reader has fallen behind the history
     */
    public List<Event> poll(int max) {
        return store.guarded(() -> {
            if (lost > 0) {
                throw ApiException.expired("too old resource version: the watch has fallen behind " + lost);
            }
            List<Event> events = new ArrayList<>(Math.min(max, waiting.size()));
            while (events.size() < max && !waiting.isEmpty()) {
                events.add(waiting.removeFirst());
            }
            return events;
        });
    }

    /** A resource version from which another watch would miss nothing that this one has not given. */
    public long position() {
        return store.guarded(
                () -> waiting.isEmpty() ? store.revision() : waiting.getFirst().revision() - 1);
    }

    @Override
    public void close() {
        store.unsubscribe(resource, this);
    }

    Scope scope() {
        return scope;
    }

    /** Guarded by the store's lock. */
    void offer(Event event) {
        if (waiting.size() < capacity) {
            waiting.addLast(event);
        } else {
            lost = event.revision();
            waiting.clear();
        }
    }

    void signal() {
        signal.run();
    }
}
