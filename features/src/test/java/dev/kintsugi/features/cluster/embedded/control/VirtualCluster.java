package dev.kintsugi.features.cluster.embedded.control;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Conditions;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.Times;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Loops over a cache, with a virtual clock: writes are executed at once and as the API server would, a pod that is bound becomes ready
 * after a while, one that is deleted goes after a while. It refuses a write with an old resourceVersion.
 */
final class VirtualCluster {

    private static final Duration MILLI = Duration.ofMillis(1);

    private record Timer(Instant at, long order, Runnable task) {}

    private record Task(Loop loop, Key key) {}

    private final KubernetesSerialization serialization = new KubernetesSerialization();
    private final List<Loop> loops;
    private final Cache cache = new Cache(this::changed);
    private final Set<Task> queue = new LinkedHashSet<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparing(Timer::at).thenComparing(Timer::order));
    private final List<Change> changes = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Set<String> finished = new HashSet<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long versions;
    private int pods;
    private Predicate<Pod> becomesReady = pod -> true;
    private Predicate<HasMetadata> refused = object -> false;

    VirtualCluster(Loop... loops) {
        this.loops = List.of(loops);
    }

    /** Which pods become ready once they run; the others never do. */
    void readyIf(Predicate<Pod> rule) {
        becomesReady = rule;
    }

    /** What the API server does not let be created. */
    void refuse(Predicate<HasMetadata> rule) {
        refused = rule;
    }

    World world() {
        return cache;
    }

    Instant now() {
        return now;
    }

    List<Change> changes() {
        return changes;
    }

    /** The reasons and messages of all Events so far. */
    List<String> told() {
        return told;
    }

    /** What a user or an agent writes: creates or replaces, spec and status together. */
    <T extends HasMetadata> T put(T object) {
        T copy = serialization.clone(object);
        if (copy.getMetadata().getUid() == null) {
            named(copy);
        } else {
            copy.getMetadata().setGeneration(1 + orZero(object.getMetadata().getGeneration()));
        }
        store(copy);
        return copy;
    }

    /** As if its last agent had deleted it. */
    void remove(HasMetadata object) {
        cache.remove(object);
    }

    /** Lets time pass and everything happen that is due, in order. */
    void advance(Duration duration) {
        Instant end = now.plus(duration);
        settle();
        while (!timers.isEmpty() && !timers.peek().at().isAfter(end)) {
            Timer timer = timers.poll();
            now = timer.at().isAfter(now) ? timer.at() : now;
            timer.task().run();
            settle();
        }
        now = end;
    }

    private void settle() {
        for (int looks = 0; !queue.isEmpty(); looks++) {
            if (looks > 10_000) {
                throw new AssertionError("the loops never come to rest: " + queue);
            }
            Task task = queue.iterator().next();
            queue.remove(task);
            Reaction reaction = task.loop().look(task.key(), cache, now);
            execute(task, reaction.writes());
            Duration next = reaction.nextLook();
            if (next != null) {
                after(next.compareTo(MILLI) < 0 ? MILLI : next, () -> queue.add(task));
            }
        }
    }

    /** A refused write ends the reaction, and the key is looked at again a second later. */
    private void execute(Task task, List<Write> writes) {
        for (Write write : writes) {
            if (write instanceof Write.Create create && refused.test(create.object())) {
                task.loop()
                        .refused(task.key(), write, "it is forbidden", cache, now)
                        .forEach(this::execute);
                after(Duration.ofSeconds(1), () -> queue.add(task));
                return;
            }
            execute(write);
        }
    }

    private void after(Duration delay, Runnable task) {
        timers.add(new Timer(now.plus(delay), versions++, task));
    }

    private void changed(Change change) {
        changes.add(change);
        for (Loop loop : loops) {
            loop.affected(change, cache).forEach(key -> enqueue(new Task(loop, key), loop.gathers(change)));
        }
    }

    private void enqueue(Task task, Duration delay) {
        if (delay.isZero()) {
            queue.add(task);
        } else {
            after(delay, () -> queue.add(task));
        }
    }

    private void execute(Write write) {
        if (write instanceof Write.Create create) {
            HasMetadata copy = serialization.clone(create.object());
            named(copy);
            store(copy);
            if (create.told() != null) {
                tell(create.told(), copy.getMetadata().getName());
            }
        } else if (write instanceof Write.Replace replace) {
            replace(replace.object(), false);
        } else if (write instanceof Write.ReplaceStatus replace) {
            replace(replace.object(), true);
        } else if (write instanceof Write.Delete delete) {
            cache.withUid(delete.object().getMetadata().getUid()).ifPresent(this::delete);
        } else if (write instanceof Write.Remove remove) {
            finish(remove.pod());
        } else if (write instanceof Write.Collect collect) {
            cache.withUid(collect.object().getMetadata().getUid()).ifPresent(this::delete);
        } else if (write instanceof Write.Bind bind) {
            bind(bind);
        } else if (write instanceof Write.Tell tell) {
            tell(tell, "");
        } else {
            throw new AssertionError("not expected here: " + write);
        }
    }

    private void tell(Write.Tell tell, String created) {
        told.add(tell.reason() + ": " + tell.message().replace(Write.Tell.CREATED, created));
    }

    /** Status and all else are apart, but annotations may come with either; only what is not metadata moves the generation. */
    private void replace(HasMetadata object, boolean status) {
        HasMetadata present =
                cache.withUid(object.getMetadata().getUid()).orElseThrow(() -> new AssertionError("gone: " + object));
        if (!present.getMetadata()
                .getResourceVersion()
                .equals(object.getMetadata().getResourceVersion())) {
            throw new AssertionError(
                    "conflict: " + object.getKind() + " " + object.getMetadata().getName());
        }
        Map<String, Object> old = tree(present);
        Map<String, Object> given = tree(object);
        Map<String, Object> result = status ? old : given;
        put(result, "status", (status ? given : old).get("status"));
        HasMetadata copy = serialization.convertValue(result, object.getClass());
        copy.getMetadata().setAnnotations(object.getMetadata().getAnnotations());
        if (!status && !Objects.equals(old.get("spec"), given.get("spec"))) {
            copy.getMetadata().setGeneration(1 + orZero(present.getMetadata().getGeneration()));
        }
        if (finished.contains(copy.getMetadata().getUid())
                && copy.getMetadata().getFinalizers().isEmpty()) {
            cache.remove(copy);
        } else {
            store(copy);
        }
    }

    private static void put(Map<String, Object> tree, String key, @Nullable Object value) {
        if (value == null) {
            tree.remove(key);
        } else {
            tree.put(key, value);
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> tree(HasMetadata object) {
        return serialization.convertValue(object, Map.class);
    }

    private void bind(Write.Bind bind) {
        Pod bound = new PodBuilder(bind.pod())
                .editSpec()
                .withNodeName(bind.node())
                .endSpec()
                .build();
        store(Conditions.set(bound, "PodScheduled", "True", null, null, now));
        int nth = ++pods;
        after(Duration.ofMillis(1000 + 100L * nth), () -> cache.withUid(
                        bound.getMetadata().getUid())
                .map(Pod.class::cast)
                .filter(pod -> !Pods.isTerminating(pod))
                .ifPresent(pod -> runs(pod, nth)));
    }

    private void runs(Pod pod, int nth) {
        String ready = becomesReady.test(pod) ? "True" : "False";
        store(new PodBuilder(Conditions.set(pod, "Ready", ready, null, null, now))
                .editStatus()
                .withPhase("Running")
                .withPodIP("127.64.0." + nth)
                .endStatus()
                .build());
    }

    /** A pod on a node goes a second after it was asked to, all else at once; what has finalizers when these are gone. */
    void delete(HasMetadata object) {
        if (object.getMetadata().getDeletionTimestamp() != null) {
            return;
        }
        boolean runs = object instanceof Pod pod && Pods.isAssigned(pod) && !Pods.hasEnded(pod);
        HasMetadata copy = serialization.clone(object);
        copy.getMetadata().setDeletionTimestamp(Times.seconds(now.plusSeconds(runs ? 30 : 0)));
        copy.getMetadata().setDeletionGracePeriodSeconds(runs ? 30L : 0L);
        if (runs) {
            store(copy);
            after(Duration.ofSeconds(1), () -> finish(copy));
        } else {
            finish(copy);
        }
    }

    private void finish(HasMetadata object) {
        finished.add(object.getMetadata().getUid());
        HasMetadata present = cache.withUid(object.getMetadata().getUid()).orElse(object);
        if (present.getMetadata().getFinalizers().isEmpty()) {
            cache.remove(present);
        } else if (present.getMetadata().getDeletionTimestamp() == null) {
            store(object);
        }
    }

    private void named(HasMetadata object) {
        long nth = ++versions;
        if (object.getMetadata().getName() == null) {
            object.getMetadata().setName(object.getMetadata().getGenerateName() + nth);
        }
        object.getMetadata().setUid("uid-" + nth);
        if (object instanceof Pod pod
                && (pod.getStatus() == null || pod.getStatus().getPhase() == null)) {
            pod.setStatus(new PodStatusBuilder(pod.getStatus() == null ? new PodStatus() : pod.getStatus())
                    .withPhase("Pending")
                    .build());
        }
        object.getMetadata().setGeneration(1L);
        object.getMetadata().setCreationTimestamp(Times.seconds(now));
    }

    private void store(HasMetadata object) {
        HasMetadata copy = serialization.clone(object);
        copy.getMetadata().setResourceVersion(Long.toString(++versions));
        cache.offer(copy);
    }

    private static long orZero(@Nullable Long number) {
        return number == null ? 0 : number;
    }
}
