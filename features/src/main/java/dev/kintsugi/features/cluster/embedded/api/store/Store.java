package dev.kintsugi.features.cluster.embedded.api.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All objects, one resource version that counts every write, and per resource a bounded history of changes. Writes are
 * compare-and-set on the state that the writer has read, under one lock that is never held while anything is computed;
 * so all readers see all writes in one order. What a write, a get or the reading of a change costs does not depend on
 * how many objects there are.
 */
public final class Store {

    /** The objects of one resource, by namespace and name, with who watches them. */
    private static final class Shelf {
        final NavigableMap<String, NavigableMap<String, Item>> items = new TreeMap<>();
        final Readers readers = new Readers();
        final History history;

        Shelf(int historySize, long compacted) {
            history = new History(historySize, compacted);
        }
    }

    private final Object lock = new Object();
    private final Map<String, Shelf> shelves = new HashMap<>();
    private final int historySize;
    private long revision;
    private long compacted;

    /**
     * An empty store.
     *
     * @param historySize how many changes of each resource are kept for watches; at least 1
     */
    public Store(int historySize) {
        if (historySize < 1) {
            throw new IllegalArgumentException("history size must be at least 1: " + historySize);
        }
        this.historySize = historySize;
    }

    /** Forgets how the present state has come about, as etcd does every few minutes. */
    public void compact() {
        synchronized (lock) {
            compacted = revision;
            shelves.values().forEach(shelf -> shelf.history.drop(compacted));
        }
    }

    /** The resource version of the latest write. */
    public long revision() {
        synchronized (lock) {
            return revision;
        }
    }

    public @Nullable Item get(Key key) {
        synchronized (lock) {
            return find(key);
        }
    }

    /**
     * All objects of a resource.
     *
     * @param namespace only this one; empty for all
     */
    public Snapshot list(String resource, String namespace) {
        synchronized (lock) {
            return snapshot(resource, namespace);
        }
    }

    /**
     * The objects of a resource as they were at a resource version, by taking back what has happened since.
     *
     * @param namespace only this one; empty for all
     * @throws ApiException 410 if the history no longer goes back so far
     */
    public Snapshot listAt(String resource, String namespace, long asked) {
        synchronized (lock) {
            Shelf shelf = shelf(resource);
            if (asked < shelf.history.droppedRevision()) {
                throw ApiException.expired("The resourceVersion for the provided list is too old.");
            }
            NavigableMap<String, Item> items = new TreeMap<>();
            snapshot(resource, namespace).items().forEach(item -> items.put(place(item), item));
            List<Event> since = shelf.history.after(asked);
            for (int i = since.size() - 1; i >= 0; i--) {
                Event event = since.get(i);
                Item before = event.previous();
                boolean wanted = namespace.isEmpty()
                        || namespace.equals(event.item().key().namespace());
                if (wanted && before == null) {
                    items.remove(place(event.item()));
                } else if (wanted && before != null) {
                    items.put(place(before), before);
                }
            }
            return new Snapshot(asked, List.copyOf(items.values()));
        }
    }

    private static String place(Item item) {
        return item.key().namespace() + "\u0000" + item.key().name();
    }

    /** How many objects a resource has, in all namespaces. */
    public int count(String resource) {
        synchronized (lock) {
            return shelf(resource).items.values().stream().mapToInt(Map::size).sum();
        }
    }

    /**
     * Adds an object, whose resourceVersion is set here.
     *
     * @return null if there is one of that name already
     */
    public @Nullable Item create(Key key, ObjectNode object) {
        Item created;
        List<Watch> concerned;
        synchronized (lock) {
            if (find(key) != null) {
                return null;
            }
            created = write(key, object);
            put(created);
            concerned = record(new Event(Event.Type.ADDED, created, null));
        }
        concerned.forEach(Watch::signal);
        return created;
    }

    /**
     * Replaces an object, if it still is as the writer has read it.
     *
     * @return null if it is not
     */
    public @Nullable Item replace(Item read, ObjectNode object) {
        Key key = read.key();
        Item written;
        List<Watch> concerned;
        synchronized (lock) {
            if (find(key) != read) {
                return null;
            }
            written = write(key, object);
            put(written);
            concerned = record(new Event(Event.Type.MODIFIED, written, read));
        }
        concerned.forEach(Watch::signal);
        return written;
    }

    /**
     * Removes an object, if it still is as the writer has read it.
     *
     * @param last its last state, as watches are to see it
     * @return the last state; null if it is not as the writer has read it
     */
    public @Nullable Item delete(Item read, ObjectNode last) {
        Key key = read.key();
        Item deleted;
        List<Watch> concerned;
        synchronized (lock) {
            if (find(key) != read) {
                return null;
            }
            deleted = write(key, last);
            remove(key);
            concerned = record(new Event(Event.Type.DELETED, deleted, read));
        }
        concerned.forEach(Watch::signal);
        return deleted;
    }

    /**
     * Watches from the present state on, which {@link Watch#takeInitial} gives.
     *
     * @param signal called, on any thread, whenever there may be something to {@link Watch#poll}
     */
    public Watch watchFromNow(String resource, Scope scope, Runnable signal) {
        synchronized (lock) {
            List<Item> initial = snapshot(resource, scope.namespace()).items();
            Watch watch = new Watch(this, resource, scope, signal, historySize, initial);
            shelf(resource).readers.add(watch);
            return watch;
        }
    }

    /**
     * Watches all changes after a resource version.
     *
     * @throws ApiException 410 if the history no longer goes back so far
     */
    public Watch watchFrom(String resource, Scope scope, long after, Runnable signal) {
        synchronized (lock) {
            Shelf shelf = shelf(resource);
            if (after < shelf.history.droppedRevision()) {
                throw tooOld(after, shelf);
            }
            Watch watch = new Watch(this, resource, scope, signal, historySize, List.of());
            shelf.history.after(after).forEach(watch::offer);
            shelf.readers.add(watch);
            return watch;
        }
    }

    <T> T guarded(Supplier<T> action) {
        synchronized (lock) {
            return action.get();
        }
    }

    void unsubscribe(String resource, Watch watch) {
        synchronized (lock) {
            shelf(resource).readers.remove(watch);
        }
    }

    private static ApiException tooOld(long asked, Shelf shelf) {
        return ApiException.expired(
                "too old resource version: " + asked + " (" + shelf.history.droppedRevision() + ")");
    }

    private Item write(Key key, ObjectNode object) {
        revision++;
        object.withObjectProperty("metadata").put("resourceVersion", Long.toString(revision));
        return new Item(key, object, revision);
    }

    private void put(Item item) {
        Key key = item.key();
        shelf(key.resource())
                .items
                .computeIfAbsent(key.namespace(), namespace -> new TreeMap<>())
                .put(key.name(), item);
    }

    private void remove(Key key) {
        shelf(key.resource()).items.computeIfPresent(key.namespace(), (namespace, items) -> {
            items.remove(key.name());
            return items.isEmpty() ? null : items;
        });
    }

    /** Keeps a change, and says which readers are to be told of it once the lock is free. */
    private List<Watch> record(Event event) {
        Shelf shelf = shelf(event.item().key().resource());
        shelf.history.append(event);
        List<Watch> concerned = shelf.readers.concernedBy(event);
        concerned.forEach(watch -> watch.offer(event));
        return concerned;
    }

    private @Nullable Item find(Key key) {
        NavigableMap<String, Item> namespace = shelf(key.resource()).items.get(key.namespace());
        return namespace == null ? null : namespace.get(key.name());
    }

    private Snapshot snapshot(String resource, String namespace) {
        Shelf shelf = shelf(resource);
        List<Item> items = new ArrayList<>();
        Collection<NavigableMap<String, Item>> chosen;
        if (namespace.isEmpty()) {
            chosen = shelf.items.values();
        } else {
            NavigableMap<String, Item> one = shelf.items.get(namespace);
            chosen = one == null ? List.of() : List.of(one);
        }
        chosen.forEach(map -> items.addAll(map.values()));
        return new Snapshot(revision, items);
    }

    private Shelf shelf(String resource) {
        return shelves.computeIfAbsent(resource, name -> new Shelf(historySize, compacted));
    }
}
