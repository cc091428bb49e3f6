package dev.kintsugi.features.contract;

import dev.kintsugi.features.contract.Recording.Action;
import dev.kintsugi.features.contract.Recording.Exchange;
import dev.kintsugi.features.contract.Recording.Line;
import dev.kintsugi.features.contract.Recording.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What was done in a scenario, in order, and what was to be seen before each of it.
 *
 * @param first the repetition whose requests are replayed
 */
record Script(Recording first, List<Act> acts, Expectation outcome) {

    /** An answer came at most so long after its request; the effects may have been seen in between. */
    private static final long ANSWER_MS = 30;

    /** How long the set-up takes at least. */
    private static final long SET_UP_MS = 1_000;

    private static final Pattern TITLE = Pattern.compile("^(GET|POST|PUT|PATCH|DELETE) (?!of )");

    /**
     * One thing that was done.
     *
     * @param line an {@link Action} or an {@link Exchange}
     * @param before what had been seen by then
     * @param waitedMs how long after the act before
     */
    record Act(Line line, Expectation before, long untilMs, long waitedMs) {}

    private record Deed(Line line, long begunMs) {}

    static Script of(Scenario scenario, Rules rules) {
        List<Recording> repetitions = scenario.repetitions();
        List<List<Deed>> deeds = repetitions.stream().map(Script::deeds).toList();
        int count = deeds.stream().mapToInt(List::size).min().orElse(0);
        List<Act> acts = new ArrayList<>();
        long[] previous = new long[repetitions.size()];
        for (int j = 0; j < repetitions.size(); j++) {
            List<Line> lines = repetitions.get(j).lines();
            previous[j] =
                    lines.isEmpty() ? 0 : Math.min(-SET_UP_MS, lines.get(0).ms());
        }
        for (int i = 0; i < count; i++) {
            List<History> seen = new ArrayList<>();
            long waited = 0;
            long untilFirst = 0;
            for (int j = 0; j < repetitions.size(); j++) {
                Line line = deeds.get(j).get(i).line();
                long until = Math.max(previous[j], deeds.get(j).get(i).begunMs());
                untilFirst = j == 0 ? until : untilFirst;
                waited = Math.max(waited, isWatch(line) ? 0 : line.ms() - previous[j]);
                seen.add(History.of(
                        repetitions.get(j).changesUntil(until),
                        actedUpon(repetitions.get(j), deeds.get(j).subList(0, i))));
                previous[j] = line.ms();
            }
            acts.add(new Act(deeds.get(0).get(i).line(), new Expectation(seen, rules), untilFirst, waited));
        }
        List<History> whole = new ArrayList<>();
        for (int j = 0; j < repetitions.size(); j++) {
            whole.add(History.of(repetitions.get(j).changes().toList(), actedUpon(repetitions.get(j), deeds.get(j))));
        }
        return new Script(repetitions.get(0), List.copyOf(acts), new Expectation(whole, rules));
    }

    /** The time of its answer is that of its end. */
    private static boolean isWatch(Line line) {
        return line instanceof Exchange exchange
                && (exchange.request().path("watch").asBoolean()
                        || exchange.response().has("events"));
    }

    /** An action that tells of one request, and is followed by it, is its title; else it is something that was done. */
    private static List<Deed> deeds(Recording recording) {
        List<Deed> deeds = new ArrayList<>();
        for (Line line : recording.lines()) {
            if (line instanceof Exchange) {
                long begun = line.ms() - ANSWER_MS;
                if (!deeds.isEmpty()
                        && deeds.get(deeds.size() - 1).line() instanceof Action title
                        && TITLE.matcher(title.text()).find()) {
                    begun = title.ms();
                    deeds.remove(deeds.size() - 1);
                }
                deeds.add(new Deed(line, begun));
            } else if (line instanceof Action) {
                deeds.add(new Deed(line, line.ms()));
            }
        }
        return deeds;
    }

    private static Set<String> actedUpon(Recording recording, List<Deed> deeds) {
        String texts = deeds.stream().map(deed -> text(deed.line())).collect(Collectors.joining("\n"));
        Set<String> names = new LinkedHashSet<>();
        recording
                .changes()
                .filter(change -> change.object().at("/metadata").has("generateName"))
                .filter(change -> Names.mentioned(texts, change.name()))
                .forEach(change -> names.add(change.name()));
        return names;
    }

    static String text(Line line) {
        if (line instanceof Action action) {
            return action.text();
        }
        return line instanceof Exchange exchange
                ? exchange.request().path("path").asText() + exchange.request().path("body")
                : "";
    }
}
