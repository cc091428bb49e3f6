package dev.kintsugi.features.cluster.embedded.control;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.PodIndex;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The newest known state of every object, from the watches and from the answers to the loops' own writes. Since an answer is taken in
 * before the loop that wrote goes on, no loop acts on a state older than its own writes; that is what expectations are for in
 * Kubernetes' controllers. Of two states of one object the higher resourceVersion wins; a UID that has gone does not come back.
 */
final class Cache implements World {

    private static final int GRAVES = 16_384;
    private static final Comparator<Key> ORDER =
            Comparator.comparing(Key::namespace).thenComparing(Key::name);

    private final Map<String, NavigableMap<Key, HasMetadata>> kinds = new HashMap<>();
    private final Map<Class<?>, String> ids = new HashMap<>();
    private final Map<String, HasMetadata> byUid = new HashMap<>();
    private final Map<String, Set<String>> dependents = new HashMap<>();
    private final Set<String> graves = Collections.newSetFromMap(new LinkedHashMap<String, Boolean>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > GRAVES;
        }
    });
    private final Map<String, NavigableMap<Key, HasMetadata>> uncontrolled = new HashMap<>();
    private final IndexedPods pods = new IndexedPods(this);
    private final Consumer<Change> listener;

    /**
     * An empty one.
     *
     * @param listener of everything that was news, on the thread that brought it
     */
    Cache(Consumer<Change> listener) {
        this.listener = listener;
    }

    /** Takes a state in, unless it is old. */
    void offer(HasMetadata object) {
        HasMetadata before;
        synchronized (this) {
            String uid = object.getMetadata().getUid();
            Map<Key, HasMetadata> shelf = shelf(id(object));
            before = shelf.get(Key.of(object));
            if (graves.contains(uid) || (before != null && version(object) <= version(before))) {
                return;
            }
            if (before != null && !before.getMetadata().getUid().equals(uid)) {
                forget(before);
                graves.add(before.getMetadata().getUid());
            }
            shelf.put(Key.of(object), object);
            remember(object, before);
            index(before, object);
        }
        listener.accept(new Change(before, object));
    }

    /** Takes note that an object has gone. */
    void remove(HasMetadata last) {
        HasMetadata before;
        synchronized (this) {
            String uid = last.getMetadata().getUid();
            graves.add(uid);
            before = byUid.get(uid);
            if (before == null) {
                return;
            }
            shelf(id(before)).remove(Key.of(before));
            forget(before);
            index(before, null);
        }
        listener.accept(new Change(before, null));
    }

    /** Takes note that a kind is no longer served. */
    void removeKind(ResourceKind kind) {
        List<HasMetadata> rest;
        synchronized (this) {
            rest = List.copyOf(shelf(kind.id()).values());
        }
        rest.forEach(this::remove);
    }

    @Override
    public synchronized <T extends HasMetadata> List<T> all(Class<T> kind) {
        return shelf(id(kind)).values().stream().map(kind::cast).toList();
    }

    @Override
    public synchronized <T extends HasMetadata> List<T> in(Class<T> kind, String namespace) {
        return inNamespace(shelf(id(kind)), namespace).map(kind::cast).toList();
    }

    @Override
    public synchronized <T extends HasMetadata> Optional<T> get(Class<T> kind, String namespace, String name) {
        return Optional.ofNullable(shelf(id(kind)).get(new Key(namespace, name)))
                .map(kind::cast);
    }

    @Override
    public synchronized Optional<HasMetadata> withUid(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    @Override
    public synchronized List<HasMetadata> ownedBy(String uid) {
        return dependents.getOrDefault(uid, Set.of()).stream()
                .map(byUid::get)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(Key::of, ORDER))
                .toList();
    }

    @Override
    public synchronized <T extends HasMetadata> List<T> withoutController(Class<T> kind, String namespace) {
        NavigableMap<Key, HasMetadata> shelf = uncontrolled.get(id(kind));
        return shelf == null
                ? List.of()
                : inNamespace(shelf, namespace).map(kind::cast).toList();
    }

    @Override
    public PodIndex pods() {
        return pods;
    }

    @Override
    public synchronized List<HasMetadata> contents(String namespace) {
        List<HasMetadata> contents = new ArrayList<>();
        kinds.values().forEach(shelf -> inNamespace(shelf, namespace).forEach(contents::add));
        return contents;
    }

    private static Stream<HasMetadata> inNamespace(NavigableMap<Key, HasMetadata> shelf, String namespace) {
        return shelf.subMap(new Key(namespace, ""), new Key(namespace + "\0", "")).values().stream();
    }

    private void index(@Nullable HasMetadata before, @Nullable HasMetadata after) {
        HasMetadata present = Objects.requireNonNull(after == null ? before : after);
        NavigableMap<Key, HasMetadata> shelf =
                uncontrolled.computeIfAbsent(id(present), unused -> new TreeMap<>(ORDER));
        if (after == null || Owners.controller(after).isPresent()) {
            shelf.remove(Key.of(present));
        } else {
            shelf.put(Key.of(present), after);
        }
        if (present instanceof Pod) {
            pods.changed((Pod) before, (Pod) after);
        }
    }

    private NavigableMap<Key, HasMetadata> shelf(String id) {
        return kinds.computeIfAbsent(id, unused -> new TreeMap<>(ORDER));
    }

    private void remember(HasMetadata object, @Nullable HasMetadata before) {
        String uid = object.getMetadata().getUid();
        if (before != null) {
            Owners.of(before).forEach(owner -> unlink(owner.getUid(), uid));
        }
        Owners.of(object).forEach(owner -> dependents
                .computeIfAbsent(owner.getUid(), unused -> new LinkedHashSet<>())
                .add(uid));
        byUid.put(uid, object);
    }

    private void forget(HasMetadata object) {
        String uid = object.getMetadata().getUid();
        byUid.remove(uid);
        Owners.of(object).forEach(owner -> unlink(owner.getUid(), uid));
    }

    private void unlink(String owner, String dependent) {
        Set<String> linked = dependents.get(owner);
        if (linked != null && linked.remove(dependent) && linked.isEmpty()) {
            dependents.remove(owner);
        }
    }

    private static String id(HasMetadata object) {
        return ResourceKind.id(object.getApiVersion(), object.getKind());
    }

    private String id(Class<? extends HasMetadata> kind) {
        return ids.computeIfAbsent(kind, unused -> ResourceKind.of(kind).id());
    }

    private static long version(HasMetadata object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }
}
