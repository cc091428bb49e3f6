package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.process.LogFile;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The logs of the present and the former run of every container. */
final class ContainerLogs {

    private record Key(String podUid, String container) {}

    private final Map<Key, Deque<LogFile>> logs = new ConcurrentHashMap<>();

    /** A run has begun; the log of the run before the former one goes. */
    void begun(String podUid, String container, LogFile log) {
        logs.compute(new Key(podUid, container), (key, known) -> {
            Deque<LogFile> next = known == null ? new ArrayDeque<>() : new ArrayDeque<>(known);
            next.addFirst(log);
            if (next.size() > 2) {
                next.removeLast().delete();
            }
            return next;
        });
    }

    /** The log of the present run, or of the one before. */
    Optional<LogFile> find(String podUid, String container, boolean previous) {
        Deque<LogFile> known = logs.getOrDefault(new Key(podUid, container), new ArrayDeque<>());
        return known.stream().skip(previous ? 1 : 0).findFirst();
    }

    /** A pod is gone, and its logs with it. */
    void forget(String podUid) {
        logs.entrySet().removeIf(entry -> {
            boolean gone = entry.getKey().podUid().equals(podUid);
            if (gone) {
                entry.getValue().forEach(LogFile::delete);
            }
            return gone;
        });
    }
}
