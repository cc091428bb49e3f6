package dev.kintsugi.features.cluster.embedded.api.store;

import dev.kintsugi.features.cluster.embedded.api.store.Scope.Bucket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The readers of one resource, by what they want to see, so that a change costs only those that it may concern. Guarded
 * by the store's lock.
 */
final class Readers {

    private final Map<Bucket, List<Watch>> buckets = new HashMap<>();
    private final Map<String, Integer> fields = new HashMap<>();

    void add(Watch watch) {
        Bucket bucket = watch.scope().bucket();
        buckets.computeIfAbsent(bucket, one -> new ArrayList<>()).add(watch);
        if (!bucket.field().isEmpty()) {
            fields.merge(bucket.field(), 1, Integer::sum);
        }
    }

    void remove(Watch watch) {
        Bucket bucket = watch.scope().bucket();
        List<Watch> watches = buckets.get(bucket);
        if (watches == null || !watches.remove(watch)) {
            return;
        }
        if (watches.isEmpty()) {
            buckets.remove(bucket);
        }
        if (!bucket.field().isEmpty()) {
            fields.computeIfPresent(bucket.field(), (field, count) -> count > 1 ? count - 1 : null);
        }
    }

    /** Those that a change may concern: by its namespace, and by what their field is now and was before. */
    List<Watch> concernedBy(Event event) {
        List<Watch> concerned = new ArrayList<>(of(new Bucket("", "")));
        String namespace = event.item().key().namespace();
        if (!namespace.isEmpty()) {
            concerned.addAll(of(new Bucket("", namespace)));
        }
        for (String field : fields.keySet()) {
            Set<Bucket> either = new HashSet<>();
            either.add(Bucket.of(field, event.item()));
            Item previous = event.previous();
            if (previous != null) {
                either.add(Bucket.of(field, previous));
            }
            either.forEach(bucket -> concerned.addAll(of(bucket)));
        }
        return concerned;
    }

    private List<Watch> of(Bucket bucket) {
        return buckets.getOrDefault(bucket, List.of());
    }
}
