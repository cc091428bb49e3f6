package dev.kintsugi.features.contract;

import dev.kintsugi.features.contract.History.Sighting;
import dev.kintsugi.features.contract.History.Subject;
import dev.kintsugi.features.contract.History.Track;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What all recordings together teach. What one scenario showed the same way three times may be chance: an order of two changes is only
 * held to be a rule when no recording showed it otherwise, and states which were once skipped may be skipped.
 */
final class Rules {

    /** Stands for the beginning and the end of a sequence. */
    static final String EDGE = "|";

    /** Facts that have a writer of their own, so that they cannot come in one update with the others. */
    private static final Pattern OWN_WRITER = Pattern.compile(
            "exists|deletion|finalizers|bound|unschedulable|taint .*|condition (DisruptionTarget|PodScheduled)");

    private static final int ENOUGH = 6;
    private static final int LONGEST_SKIP = 3;

    private final Set<String> before = new HashSet<>();
    private final Map<String, Integer> apart = new HashMap<>();
    private final Set<String> together = new HashSet<>();
    private final Set<String> skipped = new HashSet<>();

    /**
     * Learns from all scenarios.
     *
     * @param scenarios the histories of their repetitions
     */
    static Rules of(Collection<List<History>> scenarios) {
        Rules rules = new Rules();
        for (List<History> repetitions : scenarios) {
            repetitions.forEach(history -> history.subjects().forEach(rules::learn));
            rules.learnSkipped(repetitions);
        }
        return rules;
    }

    /** Where one repetition went from one value to another and a second one between them through others, those may be skipped. */
    private void learnSkipped(List<History> repetitions) {
        Expectation.aligned(repetitions).forEach(same -> {
            Set<String> facts = new HashSet<>();
            same.forEach(subject -> facts.addAll(subject.tracks().keySet()));
            for (String fact : facts) {
                List<List<String>> runs = same.stream()
                        .map(subject -> bounded(subject.tracks().get(fact)))
                        .toList();
                for (List<String> one : runs) {
                    runs.forEach(other -> learnSkipped(generic(fact), one, other));
                }
            }
        });
    }

    private void learnSkipped(String fact, List<String> longer, List<String> shorter) {
        for (int from = 0; from < longer.size(); from++) {
            for (int to = from + 2; to < longer.size() && to <= from + LONGEST_SKIP + 1; to++) {
                for (int i = 0; i + 1 < shorter.size(); i++) {
                    if (shorter.get(i).equals(longer.get(from))
                            && shorter.get(i + 1).equals(longer.get(to))) {
                        skipped.add(fact + longer.subList(from, to + 1));
                    }
                }
            }
        }
    }

    private static List<String> bounded(@Nullable Track track) {
        List<String> values = new ArrayList<>();
        values.add(EDGE);
        if (track != null) {
            values.addAll(track.turningPoints().values());
        }
        values.add(EDGE);
        return values;
    }

    /**
     * Whether this part of a sequence was also seen without what lies between its first and last value.
     *
     * @param part begins or ends with {@link #EDGE} where the sequence does
     */
    boolean skippable(String fact, List<String> part) {
        return skipped.contains(generic(fact) + part);
    }

    private static String generic(String fact) {
        return fact.replaceFirst("container \\S+", "container");
    }

    private record Step(String kind, String label, int update) {}

    private void learn(Subject subject) {
        List<Step> steps = new ArrayList<>();
        for (Track track : subject.tracks().values()) {
            if (!track.isCount()) {
                for (Sighting sighting : track.sightings()) {
                    steps.add(new Step(track.kind(), label(track, sighting.value()), sighting.update()));
                }
            }
        }
        for (Step one : steps) {
            for (Step other : steps) {
                if (one.kind().equals(other.kind()) && !one.label().equals(other.label())) {
                    String pair = one.label() + " | " + other.label();
                    if (one.update() < other.update()) {
                        before.add(pair);
                        apart.merge(pair, 1, Integer::sum);
                    } else if (one.update() == other.update()) {
                        together.add(pair);
                    }
                }
            }
        }
    }

    private static String label(Track track, String value) {
        return track.kind() + " " + generic(track.fact()) + " " + value;
    }

    /** Whether the one was ever seen before the other. */
    boolean seenBefore(Track one, String value, Track other, String otherValue) {
        return before.contains(label(one, value) + " | " + label(other, otherValue));
    }

    /** Whether the two come from different writers, were seen often, and never in one update. */
    boolean neverTogether(Track one, String value, Track other, String otherValue) {
        String pair = label(one, value) + " | " + label(other, otherValue);
        boolean twoWriters = OWN_WRITER.matcher(one.fact()).matches()
                || OWN_WRITER.matcher(other.fact()).matches();
        return twoWriters && !together.contains(pair) && apart.getOrDefault(pair, 0) >= ENOUGH;
    }
}
