package dev.kintsugi.features.contract;

import dev.kintsugi.features.contract.Comparison.Difference;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What came of one scenario.
 *
 * @param compared how many recorded states were looked for
 * @param differences that are not known
 * @param deviations differences of a known kind
 * @param met the known deviations that were seen
 * @param seconds how long the replay took
 */
record Verdict(
        String scenario,
        int compared,
        List<Difference> differences,
        List<Difference> deviations,
        Set<KnownDeviation> met,
        double seconds) {

    static Verdict of(String scenario, Replay.Outcome outcome, List<KnownDeviation> known, double seconds) {
        Map<Boolean, List<Difference>> split = outcome.differences().stream()
                .collect(Collectors.partitioningBy(
                        difference -> known.stream().anyMatch(each -> each.covers(scenario, difference))));
        Set<KnownDeviation> met = known.stream()
                .filter(each ->
                        outcome.differences().stream().anyMatch(difference -> each.covers(scenario, difference)))
                .collect(Collectors.toSet());
        return new Verdict(
                scenario,
                outcome.compared(),
                split.getOrDefault(false, List.of()),
                split.getOrDefault(true, List.of()),
                met,
                seconds);
    }

    private static int states(List<Difference> differences) {
        return differences.stream().mapToInt(Difference::states).sum();
    }

    private int differing() {
        return Math.min(compared, states(differences));
    }

    private int deviating() {
        return states(deviations);
    }

    private int equal() {
        return Math.max(0, compared - differing() - deviating());
    }

    /** In Markdown: a line for each scenario and a sum. */
    static String table(List<Verdict> verdicts) {
        StringBuilder table = new StringBuilder(
                "| recording | states compared | equal | differing | known deviations | seconds |\n|---|---:|---:|---:|---:|---:|\n");
        for (Verdict each : verdicts) {
            table.append(String.format(
                    "| %s | %d | %d | %d | %d | %.1f |%n",
                    each.scenario(),
                    each.compared(),
                    each.equal(),
                    each.differing(),
                    each.deviating(),
                    each.seconds()));
        }
        return table.append(String.format(
                        "| all %d | %d | %d | %d | %d | |%n",
                        verdicts.size(),
                        verdicts.stream().mapToInt(Verdict::compared).sum(),
                        verdicts.stream().mapToInt(Verdict::equal).sum(),
                        verdicts.stream().mapToInt(Verdict::differing).sum(),
                        verdicts.stream().mapToInt(Verdict::deviating).sum()))
                .toString();
    }

    /** Where they part; empty when they don't. */
    static String report(List<Verdict> verdicts) {
        return report(verdicts, Verdict::differences);
    }

    /** Where they part in a known way. */
    static String deviations(List<Verdict> verdicts) {
        return "\nKnown deviations:\n\n```" + report(verdicts, Verdict::deviations) + "\n```\n";
    }

    private static String report(List<Verdict> verdicts, Function<Verdict, List<Difference>> part) {
        return verdicts.stream()
                .filter(verdict -> !part.apply(verdict).isEmpty())
                .map(verdict -> "\n== " + verdict.scenario() + "\n   "
                        + part.apply(verdict).stream().map(Difference::toString).collect(Collectors.joining("\n   ")))
                .collect(Collectors.joining());
    }
}
