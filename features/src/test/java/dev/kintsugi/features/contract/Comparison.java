package dev.kintsugi.features.contract;

import dev.kintsugi.features.contract.Expectation.Constraint;
import dev.kintsugi.features.contract.Expectation.ExpectedSubject;
import dev.kintsugi.features.contract.Expectation.ExpectedTrack;
import dev.kintsugi.features.contract.Expectation.Relation;
import dev.kintsugi.features.contract.History.Subject;
import dev.kintsugi.features.contract.History.Track;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was seen, held against what is expected. */
final class Comparison {

    /**
     * One way in which a history parts from the recordings.
     *
     * @param missing whether something has not been seen that may still come
     * @param states how many states it spoils
     */
    record Difference(String role, String fact, String text, boolean missing, int states) {
        @Override
        public String toString() {
            return role + " — " + fact + "\n      " + text;
        }
    }

    private static final ExpectedTrack NEVER =
            new ExpectedTrack(new Track("", "", List.of()), List.of(), List.of(Set.of()), List.of());

    private final List<Difference> differences = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private int compared;
    private final Rules rules;

    private Comparison(Rules rules) {
        this.rules = rules;
    }

    static Comparison of(Expectation expectation, History seen) {
        Map<String, List<Subject>> subjects = new TreeMap<>();
        seen.subjects().forEach(subject -> subjects.computeIfAbsent(subject.group(), ignored -> new ArrayList<>())
                .add(subject));
        Comparison comparison = new Comparison(expectation.rules());
        expectation
                .groups()
                .forEach((group, expected) -> comparison.group(expected, subjects.getOrDefault(group, List.of())));
        subjects.forEach((group, found) -> {
            if (!expectation.groups().containsKey(group)) {
                found.forEach(comparison::unexpected);
            }
        });
        return comparison;
    }

    List<Difference> differences() {
        return differences;
    }

    /** The names and UIDs of the first repetition, and what they are here. */
    Map<String, String> names() {
        return names;
    }

    /** How many states all repetitions have. */
    int compared() {
        return compared;
    }

    private int differing() {
        return differences.stream().mapToInt(Difference::states).sum();
    }

    private void group(List<ExpectedSubject> expected, List<Subject> found) {
        Comparison[][] tries = new Comparison[expected.size()][found.size()];
        int[][] cost = new int[expected.size()][found.size()];
        for (int i = 0; i < expected.size(); i++) {
            for (int j = 0; j < found.size(); j++) {
                Comparison attempt = new Comparison(rules);
                attempt.subject(expected.get(i), found.get(j));
                tries[i][j] = attempt;
                cost[i][j] = attempt.differing() - (expected.get(i).optional() ? 0 : 1_000);
            }
        }
        int[] pairs = Sequences.pair(cost, found.size());
        Set<Integer> left = new TreeSet<>();
        for (int j = 0; j < found.size(); j++) {
            left.add(j);
        }
        for (int i = 0; i < pairs.length; i++) {
            ExpectedSubject each = expected.get(i);
            if (pairs[i] >= 0) {
                Comparison chosen = tries[i][pairs[i]];
                compared += chosen.compared;
                differences.addAll(chosen.differences);
                names.put(each.name(), found.get(pairs[i]).name());
                names.put(each.uid(), found.get(pairs[i]).uid());
                left.remove(pairs[i]);
            } else if (!each.optional()) {
                int states = each.tracks().values().stream()
                        .mapToInt(track -> track.required().size())
                        .sum();
                compared += states;
                differ(each.role(), "exists", "recorded, but not here", true, states);
            }
        }
        left.forEach(j -> unexpected(found.get(j)));
    }

    private void unexpected(Subject subject) {
        differ(
                subject.role(),
                "exists",
                "here, but never recorded: " + subject.tracks().keySet(),
                false,
                1);
    }

    private void differ(String role, String fact, String text, boolean missing, int states) {
        differences.add(new Difference(role, fact, text, missing, states));
    }

    private void subject(ExpectedSubject expected, Subject found) {
        Map<String, int[]> updates = new TreeMap<>();
        expected.tracks()
                .forEach((fact, track) -> updates.put(
                        fact, track(expected.role(), fact, track, found.tracks().get(fact))));
        found.tracks().forEach((fact, track) -> {
            if (!expected.tracks().containsKey(fact)) {
                track(expected.role(), fact, NEVER, track);
            }
        });
        Set<String> told = new HashSet<>();
        for (Constraint constraint : expected.constraints()) {
            int one = updates.getOrDefault(constraint.one(), new int[0])[
                    constraint.oneValue().index()];
            int other = updates.getOrDefault(constraint.other(), new int[0])[
                    constraint.otherValue().index()];
            boolean holds = one < 0
                    || other < 0
                    || switch (constraint.relation()) {
                        case BEFORE -> one <= other;
                        case APART_BEFORE -> one < other;
                        case TOGETHER -> one == other;
                    };
            if (!holds && told.add(constraint.one() + constraint.other())) {
                differ(expected.role(), constraint.one(), text(constraint, one, other), false, 1);
            }
        }
    }

    private static String text(Constraint constraint, int one, int other) {
        String rule = constraint.relation() == Relation.TOGETHER ? "in the update in which" : "in an update before";
        String fact = one < other ? "before" : one > other ? "after" : "together";
        return "recorded: '" + constraint.oneValue().text() + "' " + rule + " '" + constraint.other() + "' became '"
                + constraint.otherValue().text() + "'; here: " + fact;
    }

    /** Answers in which update each required value was seen, or -1. */
    private int[] track(String role, String fact, ExpectedTrack expected, @Nullable Track found) {
        Track seen = found == null ? new Track("", "", List.of()) : found.turningPoints();
        List<String> required = expected.required();
        compared += required.size();
        int[] positions = Sequences.align(required, seen.values());
        int[] updates = new int[required.size()];
        boolean[] there = new boolean[required.size()];
        boolean[] matched = new boolean[seen.sightings().size()];
        Arrays.fill(matched, isChance(expected));
        for (int i = 0; i < positions.length; i++) {
            updates[i] =
                    positions[i] < 0 ? -1 : seen.sightings().get(positions[i]).update();
            there[i] = positions[i] >= 0;
            if (positions[i] >= 0) {
                matched[positions[i]] = true;
            }
        }
        allow(expected, seen.values(), positions, matched);
        List<String> missing = telling(expected) ? left(required, there) : unskippable(fact, required, there);
        List<String> extra = unskippable(fact, seen.values(), matched);
        if (!missing.isEmpty() || !extra.isEmpty()) {
            String text = "recorded: " + expected.first().values() + "\n      here:     " + seen.values()
                    + (missing.isEmpty() ? "" : "\n      missing " + missing)
                    + (extra.isEmpty() ? "" : "\n      never recorded there " + extra);
            differ(role, fact, text, !missing.isEmpty(), Math.max(1, missing.size()));
        }
        return updates;
    }

    /** An Event that one repetition had and another had not is chance, and so is how often it comes. */
    private static boolean isChance(ExpectedTrack expected) {
        return expected.first().kind().startsWith("Event")
                && !expected.first().values().isEmpty()
                && expected.required().isEmpty();
    }

    /** An Event that came more than once in every repetition is no chance, even where other recordings have none. */
    private static boolean telling(ExpectedTrack expected) {
        return expected.first().kind().startsWith("Event")
                && expected.updates().size() > 1
                && expected.required().size() > 1;
    }

    /** Marks what is not required but was seen there in some repetition. */
    private static void allow(ExpectedTrack expected, List<String> seen, int[] positions, boolean[] matched) {
        for (int i = 0; i < matched.length; i++) {
            int firstGap = 0;
            int lastGap = positions.length;
            for (int k = 0; k < positions.length; k++) {
                if (positions[k] >= 0 && positions[k] < i) {
                    firstGap = k + 1;
                } else if (positions[k] > i) {
                    lastGap = Math.min(lastGap, k);
                }
            }
            matched[i] |= expected.allows(seen.get(i), firstGap, lastGap);
        }
    }

    private static List<String> left(List<String> values, boolean[] settled) {
        List<String> left = new ArrayList<>();
        for (int i = 0; i < settled.length; i++) {
            if (!settled[i]) {
                left.add(values.get(i));
            }
        }
        return left;
    }

    /** Of the values that are not settled, those in runs that no recording went without. */
    private List<String> unskippable(String fact, List<String> values, boolean[] settled) {
        List<String> left = new ArrayList<>();
        for (int from = 0; from < settled.length; from++) {
            if (!settled[from]) {
                int to = from;
                while (to < settled.length && !settled[to]) {
                    to++;
                }
                List<String> run = values.subList(from, to);
                List<String> part = new ArrayList<>();
                part.add(from == 0 ? Rules.EDGE : values.get(from - 1));
                part.addAll(run);
                part.add(to == values.size() ? Rules.EDGE : values.get(to));
                if (!rules.skippable(fact, part)) {
                    left.addAll(run);
                }
                from = to;
            }
        }
        return left;
    }
}
