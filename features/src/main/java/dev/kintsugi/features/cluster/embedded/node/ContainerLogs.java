package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import dev.kintsugi.features.process.LogFile;
import dev.kintsugi.features.process.LogFile.Content;
import dev.kintsugi.features.process.LogFile.Line;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The logs of the present and the former run of every container. */
final class ContainerLogs implements PodLogs {

    /** By the pod's UID, then by the container. */
    private final Map<String, Map<String, Deque<LogFile>>> logs = new ConcurrentHashMap<>();

    /** A run has begun; the log of the run before the former one goes. */
    void begun(String podUid, String container, LogFile log) {
        logs.computeIfAbsent(podUid, uid -> new ConcurrentHashMap<>()).compute(container, (name, known) -> {
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
        Deque<LogFile> known = logs.getOrDefault(podUid, Map.of()).getOrDefault(container, new ArrayDeque<>());
        return known.stream().skip(previous ? 1 : 0).findFirst();
    }

    /** A pod is gone, and its logs with it. */
    void forget(String podUid) {
        Map<String, Deque<LogFile>> gone = logs.remove(podUid);
        if (gone != null) {
            gone.values().forEach(each -> each.forEach(LogFile::delete));
        }
    }

    @Override
    public void stream(Request request, OutputStream out) throws IOException, InterruptedException, NotAvailable {
        LogFile log = find(request.podUid(), request.container(), request.previous())
                .orElseThrow(() -> new NotAvailable(missing(request)));
        Content content = log.content();
        List<Line> lines = content.lines().stream()
                .filter(line -> request.since() == null || !line.at().isBefore(request.since()))
                .toList();
        Long tail = request.tailLines();
        int skipped = tail == null ? 0 : (int) Math.max(0, lines.size() - tail);
        long left = request.limitBytes() == null ? Long.MAX_VALUE : request.limitBytes();
        left = write(lines.subList(skipped, lines.size()), request, left, out);
        while (request.follow() && left > 0 && !content.ended()) {
            long seen = content.total();
            log.awaitMore(seen);
            content = log.content();
            int kept = content.lines().size();
            int fresh = (int) Math.min(kept, content.total() - seen);
            left = write(content.lines().subList(kept - fresh, kept), request, left, out);
        }
    }

    /** Writes lines until the limit is reached, which may be in the middle of one, and tells how many bytes are left of it. */
    private static long write(List<Line> lines, Request request, long limit, OutputStream out) throws IOException {
        long left = limit;
        for (Line line : lines) {
            String text = (request.timestamps() ? nanoseconds(line.at()) + " " : "") + line.text() + "\n";
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int length = (int) Math.min(bytes.length, left);
            out.write(bytes, 0, length);
            left -= length;
            if (left == 0) {
                break;
            }
        }
        out.flush();
        return left;
    }

    private static String nanoseconds(Instant at) {
        String text = at.toString();
        int dot = text.indexOf('.');
        String fraction = dot < 0 ? "" : text.substring(dot + 1, text.length() - 1);
        return text.substring(0, dot < 0 ? text.length() - 1 : dot) + "." + (fraction + "000000000").substring(0, 9)
                + "Z";
    }

    private static String missing(Request request) {
        String what = request.previous() ? "previous terminated container" : "container";
        return what + " \"" + request.container() + "\" in pod \"" + request.pod() + "\" has no log: it "
                + (request.previous() ? "was not restarted" : "has not been started") + ", or it is simulated";
    }
}
