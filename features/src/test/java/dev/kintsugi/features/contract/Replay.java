package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.contract.Comparison.Difference;
import dev.kintsugi.features.contract.Recording.Action;
import dev.kintsugi.features.contract.Recording.Change;
import dev.kintsugi.features.contract.Recording.Exchange;
import dev.kintsugi.features.contract.Script.Act;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays one scenario on a cluster: brings up what it began with, does each thing when all is seen that had been seen by then, and
 * holds what was seen against the recordings.
 */
final class Replay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final Pattern NAMESPACE = Pattern.compile("/namespaces/([^/?]+)/");
    /** What was done so soon after the last thing was not waiting for anything slow. */
    private static final long AT_ONCE_MS = 400;

    private static final long PATIENCE_MS = 15_000;
    private static final long IMPATIENCE_MS = 3_000;

    private final Http http;
    private final Watcher watcher;
    private final Script script;
    private final boolean paced;
    private final Predicate<Difference> known;
    private final Set<String> kinds;
    private final Set<String> namespaces = new TreeSet<>(Set.of(""));
    private final Map<String, String> names = new HashMap<>();
    private final Set<String> actedUpon = new HashSet<>();
    private final Exchanges exchanges;
    private final Deeds deeds;
    private List<Change> seen = List.of();
    private boolean late;

    /**
     * @param paced whether things are also done at the recorded pace, and not only when all is seen
     * @param known differences that are not waited for to go
     */
    Replay(ReplayCluster cluster, Watcher watcher, Script script, boolean paced, Predicate<Difference> known) {
        this.http = cluster.http();
        this.watcher = watcher;
        this.script = script;
        this.paced = paced;
        this.known = known;
        this.kinds = script.first().kinds();
        findNamespaces();
        String namespace = namespaces.stream().filter(Replay::ours).findFirst().orElse("default");
        this.exchanges = new Exchanges(http, namespace);
        this.deeds = new Deeds(cluster, http, namespace);
    }

    /** How it went. */
    record Outcome(int compared, List<Difference> differences) {}

    Outcome run() throws InterruptedException {
        createNamespaces();
        SetUp setUp = new SetUp(http, script.first());
        for (Act act : script.acts()) {
            setUp.run(act.untilMs());
            Pace pace = Pace.of(paced ? act.waitedMs() : 0);
            Comparison before = await(act.before(), act.waitedMs());
            names.putAll(before.names());
            pace.await();
            perform(act);
        }
        Act last = script.acts().get(script.acts().size() - 1);
        await(script.outcome(), script.first().end() - last.line().ms());
        Comparison comparison = awaitEvents();
        List<Difference> differences = new ArrayList<>(exchanges.differences());
        differences.addAll(comparison.differences());
        return new Outcome(comparison.compared() + exchanges.compared(), differences);
    }

    /** Those of the objects that were seen, and those in which a request made something. */
    private void findNamespaces() {
        script.first().changes().forEach(change -> namespaces.add(change.namespace()));
        for (Act act : script.acts()) {
            if (act.line() instanceof Exchange exchange
                    && exchange.response().path("code").asInt() == 201) {
                Matcher matcher =
                        NAMESPACE.matcher(exchange.request().path("path").asText());
                if (matcher.find()) {
                    namespaces.add(matcher.group(1));
                }
            }
        }
    }

    private static boolean ours(String namespace) {
        return !namespace.isEmpty() && !namespace.equals("default") && !namespace.startsWith("kube-");
    }

    private void createNamespaces() {
        for (String namespace : namespaces) {
            if (ours(namespace)) {
                ObjectNode body = Http.JSON.createObjectNode();
                body.putObject("metadata").put("name", namespace);
                http.ask("POST", "/api/v1/namespaces", "application/json", body);
            }
        }
    }

    /**
     * Waits until nothing is missing any more. What is still missing after as long as was recorded and some more is late. Events are
     * not waited for: they are written when there is time.
     */
    private Comparison await(Expectation expectation, long recordedMs) throws InterruptedException {
        boolean atOnce = recordedMs < AT_ONCE_MS;
        long deadline = deadline(atOnce ? AT_ONCE_MS : recordedMs + (late ? IMPATIENCE_MS : PATIENCE_MS));
        seen = watcher.seen(kinds, namespaces);
        Comparison comparison = compare(expectation, seen);
        while (!complete(comparison, false) && System.nanoTime() < deadline) {
            seen = watcher.awaitMore(seen.size(), kinds, namespaces, deadline);
            comparison = compare(expectation, seen);
        }
        if (!complete(comparison, false)) {
            comparison.differences().stream()
                    .filter(Difference::missing)
                    .forEach(missing ->
                            LOG.info("{}: waited in vain: {}", script.first().name(), missing));
        }
        late |= !atOnce && !complete(comparison, false);
        return comparison;
    }

    /** Waits for the Events as well. What else came after all was seen came after the recording's end, and is not compared. */
    private Comparison awaitEvents() throws InterruptedException {
        long deadline = deadline(late ? IMPATIENCE_MS : PATIENCE_MS);
        List<Change> recorded = seen;
        List<Change> now = recorded;
        Comparison comparison = compare(script.outcome(), recorded);
        while (!complete(comparison, true) && System.nanoTime() < deadline) {
            now = watcher.awaitMore(now.size(), kinds, namespaces, deadline);
            List<Change> withEvents = new ArrayList<>(recorded);
            now.stream()
                    .skip(recorded.size())
                    .filter(change -> change.kind().equals("Event"))
                    .forEach(withEvents::add);
            comparison = compare(script.outcome(), withEvents);
        }
        return comparison;
    }

    private Comparison compare(Expectation expectation, List<Change> changes) {
        return Comparison.of(expectation, History.of(changes, actedUpon));
    }

    private static long deadline(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private boolean complete(Comparison comparison, boolean withEvents) {
        return comparison.differences().stream()
                .noneMatch(difference -> difference.missing()
                        && (withEvents || !difference.fact().startsWith("Event"))
                        && !known.test(difference));
    }

    private void perform(Act act) {
        String text = Script.text(act.line());
        names.forEach((recorded, here) -> {
            if (!recorded.equals(here) && Names.mentioned(text, recorded)) {
                actedUpon.add(here);
            }
        });
        if (act.line() instanceof Action action) {
            deeds.perform(here(action.text()));
        } else if (act.line() instanceof Exchange exchange) {
            deeds.meanwhile(exchange.note());
            exchanges.replay(exchange, names);
        }
    }

    @Override
    public void close() {
        deeds.close();
    }

    private String here(String text) {
        return Names.replace(text, names);
    }
}
