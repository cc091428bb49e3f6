package dev.kintsugi.features.contract;

import dev.kintsugi.features.contract.History.Subject;
import dev.kintsugi.features.contract.History.Track;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the repetitions of a recording have in common, and what they allow.
 *
 * <ul>
 *   <li>Of each fact: the values that all repetitions went through must be gone through in that order; others are allowed where some
 *       repetition had them. Of a count only the turning points matter, and any within the range that was seen are allowed.
 *   <li>Of two facts of an object: where all repetitions saw one change in the same order as another, or in the same update, and no
 *       recording showed it otherwise, so must it be.
 *   <li>Objects of one group are paired so that least differs.
 * </ul>
 */
final class Expectation {

    /** The value at an index of what a fact is required to go through. */
    record Value(int index, String text) {}

    /**
     * One fact of one object.
     *
     * @param first as the first repetition had it
     * @param allowed what else was seen before the first required value, between each two, and after the last
     * @param updates in which update each repetition had the required values
     */
    record ExpectedTrack(Track first, List<String> required, List<Set<String>> allowed, List<int[]> updates) {

        /**
         * Whether a value that is not required was seen in one of these gaps. A count may be anything in the range that was seen.
         */
        boolean allows(String value, int firstGap, int lastGap) {
            if (first.isCount()) {
                List<Integer> seen = Stream.concat(
                                required.stream(), allowed.stream().flatMap(Set::stream))
                        .map(Integer::valueOf)
                        .toList();
                int number = Integer.parseInt(value);
                return !seen.isEmpty() && number >= Collections.min(seen) && number <= Collections.max(seen);
            }
            return allowed.subList(firstGap, lastGap + 1).stream().anyMatch(gap -> gap.contains(value));
        }
    }

    /** How one change lies to another. */
    enum Relation {
        BEFORE,
        APART_BEFORE,
        TOGETHER
    }

    /** A rule about two values of two facts of one object. */
    record Constraint(String one, Value oneValue, Relation relation, String other, Value otherValue) {}

    /**
     * One object.
     *
     * @param name in the first repetition
     * @param optional whether not all repetitions had it
     */
    record ExpectedSubject(
            String role,
            String name,
            String uid,
            Map<String, ExpectedTrack> tracks,
            List<Constraint> constraints,
            boolean optional) {}

    private final Map<String, List<ExpectedSubject>> groups = new TreeMap<>();
    private final int repetitions;
    private final Rules rules;

    /**
     * @param recorded at least one
     * @param rules that all recordings teach
     */
    Expectation(List<History> recorded, Rules rules) {
        this.repetitions = recorded.size();
        this.rules = rules;
        for (List<Subject> same : aligned(recorded)) {
            groups.computeIfAbsent(same.get(0).group(), ignored -> new ArrayList<>())
                    .add(expectedSubject(same));
        }
    }

    Rules rules() {
        return rules;
    }

    /** Each object with those that are the same in the other repetitions. */
    static List<List<Subject>> aligned(List<History> repetitions) {
        Set<String> names = new TreeSet<>();
        repetitions.forEach(history -> history.subjects().forEach(subject -> names.add(subject.group())));
        List<List<Subject>> aligned = new ArrayList<>();
        for (String group : names) {
            aligned.addAll(alignedGroup(
                    repetitions.stream().map(each -> in(each, group)).toList()));
        }
        return aligned;
    }

    private static List<Subject> in(History history, String group) {
        return history.subjects().stream()
                .filter(subject -> subject.group().equals(group))
                .toList();
    }

    /** Pairs the objects of each repetition with those of the first. */
    private static List<List<Subject>> alignedGroup(List<List<Subject>> repeated) {
        List<List<Subject>> same = new ArrayList<>();
        repeated.get(0).forEach(subject -> same.add(new ArrayList<>(List.of(subject))));
        for (List<Subject> others : repeated.subList(1, repeated.size())) {
            int[][] cost = new int[same.size()][others.size()];
            for (int i = 0; i < same.size(); i++) {
                for (int j = 0; j < others.size(); j++) {
                    cost[i][j] = distance(same.get(i).get(0), others.get(j));
                }
            }
            int[] pairs = Sequences.pair(cost, others.size());
            Set<Subject> left = Collections.newSetFromMap(new IdentityHashMap<>());
            left.addAll(others);
            for (int i = 0; i < pairs.length; i++) {
                if (pairs[i] >= 0) {
                    same.get(i).add(others.get(pairs[i]));
                    left.remove(others.get(pairs[i]));
                }
            }
            others.stream().filter(left::contains).forEach(subject -> same.add(new ArrayList<>(List.of(subject))));
        }
        return same;
    }

    private static int distance(Subject one, Subject other) {
        Set<String> facts = new HashSet<>(one.tracks().keySet());
        facts.addAll(other.tracks().keySet());
        int distance = 0;
        for (String fact : facts) {
            List<String> values = values(one.tracks().get(fact));
            List<String> others = values(other.tracks().get(fact));
            distance += values.size()
                    + others.size()
                    - 2 * Sequences.common(values, others).size();
        }
        return distance;
    }

    private static List<String> values(@Nullable Track track) {
        return track == null ? List.of() : track.turningPoints().values();
    }

    private ExpectedSubject expectedSubject(List<Subject> same) {
        Set<String> facts = new TreeSet<>();
        same.forEach(subject -> facts.addAll(subject.tracks().keySet()));
        Map<String, ExpectedTrack> tracks = new LinkedHashMap<>();
        for (String fact : facts) {
            List<Track> seen = new ArrayList<>();
            for (Subject subject : same) {
                Track track = subject.tracks().get(fact);
                if (track != null) {
                    seen.add(track.required());
                }
            }
            tracks.put(fact, expectedTrack(seen, seen.size() == same.size()));
        }
        boolean optional = same.size() < repetitions;
        return new ExpectedSubject(
                same.get(0).role(),
                same.get(0).name(),
                same.get(0).uid(),
                tracks,
                optional ? List.of() : constraints(tracks),
                optional);
    }

    private static ExpectedTrack expectedTrack(List<Track> seen, boolean everywhere) {
        List<String> required = everywhere ? seen.get(0).values() : List.of();
        for (Track track : seen) {
            required = Sequences.common(required, track.values());
        }
        List<Set<String>> allowed = new ArrayList<>();
        for (int gap = 0; gap <= required.size(); gap++) {
            allowed.add(new HashSet<>());
        }
        List<int[]> updates = new ArrayList<>();
        for (Track track : seen) {
            int[] found = Sequences.align(required, track.values());
            int gap = 0;
            int[] update = new int[found.length];
            for (int i = 0; i < track.sightings().size(); i++) {
                if (gap < found.length && found[gap] == i) {
                    update[gap++] = track.sightings().get(i).update();
                } else {
                    allowed.get(gap).add(track.sightings().get(i).value());
                }
            }
            updates.add(update);
        }
        return new ExpectedTrack(seen.get(0), List.copyOf(required), allowed, updates);
    }

    private List<Constraint> constraints(Map<String, ExpectedTrack> tracks) {
        List<Constraint> constraints = new ArrayList<>();
        tracks.forEach((one, oneTrack) -> tracks.forEach((other, otherTrack) -> {
            boolean comparable = !one.equals(other)
                    && oneTrack.first().kind().equals(otherTrack.first().kind())
                    && !oneTrack.first().isCount()
                    && !otherTrack.first().isCount();
            if (comparable) {
                for (int i = 0; i < oneTrack.required().size(); i++) {
                    for (int j = 0; j < otherTrack.required().size(); j++) {
                        constraint(one, oneTrack, i, other, otherTrack, j).ifPresent(constraints::add);
                    }
                }
            }
        }));
        return constraints;
    }

    private Optional<Constraint> constraint(
            String one, ExpectedTrack oneTrack, int i, String other, ExpectedTrack otherTrack, int j) {
        boolean before = true;
        boolean together = true;
        for (int repetition = 0; repetition < repetitions; repetition++) {
            int difference =
                    oneTrack.updates().get(repetition)[i] - otherTrack.updates().get(repetition)[j];
            before &= difference < 0;
            together &= difference == 0;
        }
        Track first = oneTrack.first();
        Track second = otherTrack.first();
        String value = oneTrack.required().get(i);
        String otherValue = otherTrack.required().get(j);
        Relation relation = null;
        if (before && rules.neverTogether(first, value, second, otherValue)) {
            relation = Relation.APART_BEFORE;
        } else if (before && !rules.seenBefore(second, otherValue, first, value)) {
            relation = Relation.BEFORE;
        } else if (together
                && one.compareTo(other) < 0
                && !rules.seenBefore(first, value, second, otherValue)
                && !rules.seenBefore(second, otherValue, first, value)) {
            relation = Relation.TOGETHER;
        }
        return relation == null
                ? Optional.empty()
                : Optional.of(new Constraint(one, new Value(i, value), relation, other, new Value(j, otherValue)));
    }

    Map<String, List<ExpectedSubject>> groups() {
        return groups;
    }
}
