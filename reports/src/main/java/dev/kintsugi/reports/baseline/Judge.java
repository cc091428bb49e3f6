package dev.kintsugi.reports.baseline;

import dev.kintsugi.reports.baseline.Change.Status;
import dev.kintsugi.reports.model.MarkName;
import dev.kintsugi.reports.model.Recovery;
import dev.kintsugi.reports.statistics.Holm;
import dev.kintsugi.reports.statistics.MannWhitney;
import dev.kintsugi.reports.statistics.Sample;
import dev.kintsugi.reports.statistics.Shift;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Says of repeated scenarios which phases take longer than they did, so that all that it calls slower or faster in one comparison is so
 * by mere chance in at most 5 % of comparisons.
 *
 * <p>The recovery times of all scenarios are one family of hypotheses, which may err in 4 %; all their other phases are another, which
 * may err in 1 %. Within each family Holm's correction is made.
 */
final class Judge {

    private static final double RECOVERY_ERROR = 0.04;
    private static final double PHASE_ERROR = 0.01;
    private static final double CONFIDENCE = 0.95;
    private static final Set<MarkName> PHASES =
            EnumSet.complementOf(EnumSet.of(MarkName.INJECTED, MarkName.EFFECT, MarkName.FIRST_GOOD));

    /** Whether a phase of a scenario changed, and the probability of such a difference by chance. */
    private record Question(
            String id, MarkName phase, List<Recovery> before, List<Recovery> after, double probability) {

        static Question of(String id, MarkName phase, List<Recovery> before, List<Recovery> after) {
            return new Question(id, phase, before, after, probability(before, after));
        }

        /**
         * Both measurements are intervals: slower is what even at its shortest took longer than the other at its longest, faster is the
         * same the other way round.
         */
        private static double probability(List<Recovery> before, List<Recovery> after) {
            double slower = MannWhitney.probabilityOfLarger(
                    sample(before, Recovery::millis), sample(after, Recovery::shortestMillis));
            double faster = MannWhitney.probabilityOfLarger(
                    sample(after, Recovery::millis), sample(before, Recovery::shortestMillis));
            return Math.min(1, 2 * Math.min(slower, faster));
        }
    }

    private final Tolerance tolerance;

    Judge(Tolerance tolerance) {
        this.tolerance = tolerance;
    }

    /**
     * The changes of the phases of each scenario, by its id, in the order of the marks.
     *
     * @param before the repetitions in the baseline by id
     * @param after the repetitions in the current run; those with an id of the baseline are judged
     */
    Map<String, List<PhaseChange>> judge(Map<String, Repetitions> before, Map<String, Repetitions> after) {
        List<Question> recoveries = new ArrayList<>();
        List<Question> phases = new ArrayList<>();
        after.forEach((id, now) -> {
            Repetitions then = before.get(id);
            if (then != null) {
                ask(recoveries, id, MarkName.FIRST_GOOD, then, now);
                PHASES.forEach(phase -> ask(phases, id, phase, then, now));
            }
        });
        Map<String, List<PhaseChange>> changes = new LinkedHashMap<>();
        answer(phases, PHASE_ERROR, changes);
        answer(recoveries, RECOVERY_ERROR, changes);
        changes.values().forEach(list -> list.sort((a, b) -> a.phase().compareTo(b.phase())));
        return changes;
    }

    private static void ask(List<Question> family, String id, MarkName phase, Repetitions then, Repetitions now) {
        List<Recovery> before = most(then.until(phase));
        List<Recovery> after = most(now.until(phase));
        if (!before.isEmpty() && !after.isEmpty()) {
            family.add(Question.of(id, phase, before, after));
        }
    }

    private static List<Recovery> most(List<Recovery> times) {
        return times.subList(Math.max(0, times.size() - MannWhitney.MOST), times.size());
    }

    private void answer(List<Question> family, double error, Map<String, List<PhaseChange>> changes) {
        List<Double> corrected =
                Holm.correct(family.stream().map(Question::probability).toList());
        for (int i = 0; i < family.size(); i++) {
            Question question = family.get(i);
            changes.computeIfAbsent(question.id(), unused -> new ArrayList<>())
                    .add(answer(question, corrected.get(i), error, family.size()));
        }
    }

    /**
     * Slower or faster is what differs beyond chance and by more than the tolerance. Unchanged is what differs beyond chance but by less,
     * or what cannot differ by more than the tolerance. Of the rest more repetitions would have to tell.
     */
    private PhaseChange answer(Question question, double probability, double error, int family) {
        Sample before = sample(question.before(), Recovery::millis);
        Sample after = sample(question.after(), Recovery::millis);
        Shift shift = Shift.between(before, after, CONFIDENCE);
        double tolerated = tolerance.of(before.median());
        boolean beyondChance = probability <= error;
        boolean matters = Math.abs(shift.estimate()) > tolerated;
        Status status;
        OptionalInt enough = OptionalInt.empty();
        if (beyondChance && matters) {
            status = shift.estimate() > 0 ? Status.REGRESSED : Status.IMPROVED;
        } else if (beyondChance || (shift.lower() >= -tolerated && shift.upper() <= tolerated)) {
            status = Status.UNCHANGED;
        } else {
            status = Status.TOO_FEW_SAMPLES;
            enough = enough(before.size(), after.size(), shift, tolerated, error / family);
        }
        return new PhaseChange(question.phase(), status, before, after, shift, probability, enough);
    }

    /**
     * As many on each side as can reach the probability that is asked for at all, and by which the interval, which becomes narrower with
     * the root of the number, would no longer reach from the estimate across the tolerance; a quarter of the tolerance where the estimate
     * is at it.
     */
    private static OptionalInt enough(int before, int after, Shift shift, double tolerated, double probability) {
        int least = 1;
        while (least < MannWhitney.MOST && MannWhitney.leastProbability(least, least) > probability) {
            least++;
        }
        int fewer = Math.min(before, after);
        double half = Math.max(shift.upper() - shift.estimate(), shift.estimate() - shift.lower());
        if (Double.isInfinite(half)) {
            return OptionalInt.of(Math.max(least, fewer + 1));
        }
        double room = Math.max(Math.abs(tolerated - Math.abs(shift.estimate())), tolerated / 4);
        double narrow = Math.ceil(fewer * Math.pow(half / room, 2));
        double enough = Math.max(Math.max(least, fewer + 1), narrow);
        return enough <= MannWhitney.MOST ? OptionalInt.of((int) enough) : OptionalInt.empty();
    }

    private static Sample sample(List<Recovery> times, ToDoubleFunction<Recovery> end) {
        return new Sample(times.stream().map(end::applyAsDouble).toList());
    }
}
