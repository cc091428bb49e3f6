package dev.kintsugi.features.cluster.embedded.control;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One watch of every kind, which feeds the cache; custom kinds come and go with their definitions. */
final class Watches implements AutoCloseable {

    private final KubernetesClient client;
    private final Kinds kinds;
    private final Cache cache;
    private final Map<String, SharedIndexInformer<? extends HasMetadata>> informers = new HashMap<>();
    private boolean closed;

    Watches(KubernetesClient client, Kinds kinds, Cache cache) {
        this.client = client;
        this.kinds = kinds;
        this.cache = cache;
    }

    /** Returns when everything that exists is in the cache. */
    void start() {
        List<CompletableFuture<Void>> starts = new ArrayList<>();
        kinds.all().forEach(kind -> starts.add(watch(kind, false)));
        CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).join();
    }

    /** A watch that has begun is begun again whenever it fails; a patient one is also when it cannot begin. */
    private synchronized CompletableFuture<Void> watch(ResourceKind kind, boolean patient) {
        if (closed) {
            return CompletableFuture.completedFuture(null);
        }
        SharedIndexInformer<? extends HasMetadata> informer = kind.informer(client);
        informer.exceptionHandler((started, failure) -> started || patient);
        feed(informer, kind);
        informers.put(kind.id(), informer);
        return informer.start().toCompletableFuture();
    }

    private <T extends HasMetadata> void feed(SharedIndexInformer<T> informer, ResourceKind kind) {
        informer.addEventHandler(new Feed<>(kind));
    }

    /** To be told of every change, for definitions of custom kinds. */
    void changed(Change change) {
        change.states(CustomResourceDefinition.class)
                .reduce((before, after) -> after)
                .ifPresent(definition -> {
                    ResourceKind kind = Kinds.defined(definition);
                    if (kind == null) {
                        return;
                    }
                    if (change.gone()) {
                        unwatch(kind);
                    } else if (kinds.add(kind)) {
                        CompletableFuture<Void> unused = watch(kind, true);
                    }
                });
    }

    private void unwatch(ResourceKind kind) {
        SharedIndexInformer<? extends HasMetadata> informer;
        synchronized (this) {
            kinds.remove(kind);
            informer = informers.remove(kind.id());
        }
        if (informer != null) {
            informer.stop();
        }
        cache.removeKind(kind);
    }

    @Override
    public synchronized void close() {
        closed = true;
        informers.values().forEach(SharedIndexInformer::stop);
        informers.clear();
    }

    private final class Feed<T extends HasMetadata> implements ResourceEventHandler<T> {

        private final ResourceKind kind;

        Feed(ResourceKind kind) {
            this.kind = kind;
        }

        @Override
        public void onAdd(T object) {
            cache.offer(named(object));
        }

        @Override
        public void onUpdate(T before, T after) {
            cache.offer(named(after));
        }

        @Override
        public void onDelete(T last, boolean unknownLastState) {
            cache.remove(last);
        }

        /** Objects of a list do not say what they are. */
        private T named(T object) {
            if (object instanceof GenericKubernetesResource generic && generic.getKind() == null) {
                generic.setApiVersion(kind.apiVersion());
                generic.setKind(kind.kind());
            }
            return object;
        }
    }
}
