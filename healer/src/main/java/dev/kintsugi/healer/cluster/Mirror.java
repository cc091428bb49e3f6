package dev.kintsugi.healer.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All objects of one kind, kept up to date by a watch and reduced to a small type of our own. The informer below keeps of
 * each only what tells it from others.
 *
 * @param <K> the client's type
 * @param <S> ours
 */
final class Mirror<K extends HasMetadata, S> implements AutoCloseable {

    private final String kind;
    private final Map<String, S> byUid = new ConcurrentHashMap<>();
    private final SharedIndexInformer<K> informer;

    /** Reduces an object, given what its former state was reduced to. */
    interface Reduction<K, S> {
        S reduce(K object, @Nullable S before);
    }

    /** Hears of changes, after the mirror has them; null stands for "does not exist". */
    interface Listener<S> {
        void changed(@Nullable S before, @Nullable S now);
    }

    Mirror(String kind, Informable<K> objects, Supplier<K> blank, Reduction<K, S> reduction, Listener<S> listener) {
        this.kind = kind;
        this.informer = objects.runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(new Husks<>(blank))
                .exceptionHandler((started, cause) -> true)
                .addEventHandler(new Handler(reduction, listener));
    }

    /** Begins; done when all objects that exist have been heard of. */
    CompletionStage<Void> start() {
        return informer.start();
    }

    @Nullable S get(String uid) {
        return byUid.get(uid);
    }

    Collection<S> all() {
        return byUid.values();
    }

    String kind() {
        return kind;
    }

    boolean watching() {
        return informer.isWatching();
    }

    @Override
    public void close() {
        informer.close();
    }

    private final class Handler implements ResourceEventHandler<K> {
        private final Reduction<K, S> reduction;
        private final Listener<S> listener;

        Handler(Reduction<K, S> reduction, Listener<S> listener) {
            this.reduction = reduction;
            this.listener = listener;
        }

        @Override
        public void onAdd(K object) {
            String uid = object.getMetadata().getUid();
            S before = byUid.get(uid);
            S now = reduction.reduce(object, before);
            byUid.put(uid, now);
            listener.changed(before, now);
        }

        @Override
        public void onUpdate(K old, K object) {
            String uid = old.getMetadata().getUid();
            if (!uid.equals(object.getMetadata().getUid())) {
                onDelete(old, false);
            }
            onAdd(object);
        }

        @Override
        public void onDelete(K object, boolean finalStateUnknown) {
            S before = byUid.remove(object.getMetadata().getUid());
            if (before != null) {
                listener.changed(before, null);
            }
        }
    }

    /** Keeps of each object namespace, name, UID and version, which is all that the informer itself needs. */
    private static final class Husks<K extends HasMetadata> extends BasicItemStore<K> {
        private final Supplier<K> blank;

        Husks(Supplier<K> blank) {
            super(Cache::metaNamespaceKeyFunc);
            this.blank = blank;
        }

        @Override
        public @Nullable K put(String key, K object) {
            K husk = blank.get();
            husk.setMetadata(new ObjectMetaBuilder()
                    .withNamespace(object.getMetadata().getNamespace())
                    .withName(object.getMetadata().getName())
                    .withUid(object.getMetadata().getUid())
                    .withResourceVersion(object.getMetadata().getResourceVersion())
                    .build());
            return super.put(key, husk);
        }

        @Override
        public boolean isFullState() {
            return false;
        }
    }
}
