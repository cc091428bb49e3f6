package dev.kintsugi.features.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.contract.Recording.Change;
import dev.kintsugi.features.contract.Recording.Scenario;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The comparison itself: a real cluster keeps its own contract, and what a naive emulation gets wrong breaks it. */
class ComparisonTest {

    private static List<Scenario> scenarios = List.of();
    private static Rules rules = Rules.of(List.of());

    @BeforeAll
    static void read() throws IOException {
        scenarios = Recording.in(ContractTest.shipped());
        rules = Rules.of(scenarios.stream().map(ComparisonTest::histories).toList());
    }

    private static List<History> histories(Scenario scenario) {
        return scenario.repetitions().stream()
                .map(each -> History.of(each.changes().toList(), Set.of()))
                .toList();
    }

    @Test
    void everyRepetitionKeepsTheContractOfTheOthers() {
        int compared = 0;
        int differing = 0;
        for (Scenario scenario : scenarios) {
            for (int i = 0;
                    i < scenario.repetitions().size() && scenario.repetitions().size() > 1;
                    i++) {
                List<History> others = new ArrayList<>(histories(scenario));
                Comparison comparison = Comparison.of(new Expectation(others, rules), others.remove(i));
                compared += comparison.compared();
                differing += comparison.differences().size();
            }
        }
        assertThat(compared).isGreaterThan(8_000);
        assertThat(differing)
                .as("of " + compared + " states; two repetitions know less than three")
                .isLessThan(compared / 400);
    }

    @Test
    void restartThatIsCountedWhenTheOldContainerEndsIsFound() {
        assertThat(differencesWith("04a-container-killed", (Change change) -> {
                    JsonNode status = change.object().at("/status/containerStatuses/0");
                    if (status.at("/state/terminated/exitCode").asInt() == 137) {
                        ((ObjectNode) status).put("restartCount", 1);
                    }
                    return change;
                }))
                .anyMatch(text -> text.contains("terminated Error 137, restarts 1"));
    }

    @Test
    void terminatingPodThatStaysAReadyEndpointIsFound() {
        assertThat(differencesWith("02a-pod-delete-graceful", (Change change) -> {
                    for (JsonNode endpoint : change.object().path("endpoints")) {
                        ((ObjectNode) endpoint.path("conditions")).put("ready", true);
                    }
                    return change;
                }))
                .anyMatch(text -> text.contains("ready true, serving true, terminating true"));
    }

    @Test
    void replacementThatWaitsForTheOldPodToGoIsFound() {
        assertThat(differences("02b-pod-delete-grace-2-ignores-sigterm", (List<Change> changes) -> {
                    List<Change> late = new ArrayList<>();
                    List<Change> inTime = new ArrayList<>();
                    Set<String> before = new HashSet<>();
                    for (Change change : changes) {
                        if (change.ms() < 0) {
                            before.add(change.uid());
                        }
                        boolean replacement = change.kind().equals("Pod") && !before.contains(change.uid());
                        (replacement ? late : inTime).add(change);
                    }
                    inTime.addAll(late);
                    return inTime;
                }))
                .anyMatch(text -> text.contains("replaced"));
    }

    @Test
    void podThatIsNeverDeletedIsFound() {
        assertThat(differences("02a-pod-delete-graceful", (List<Change> changes) -> changes.stream()
                        .filter(change -> !change.type().equals("DELETED"))
                        .toList()))
                .anyMatch(text -> text.contains("missing [deleted"));
    }

    @Test
    void evictionThatIsMarkedAndDeletedInOneStepIsFound() {
        assertThat(differences("17-cordon-drain", (List<Change> changes) -> changes.stream()
                        .filter(change -> !change.object().toString().contains("EvictionByEvictionAPI")
                                || change.object().at("/metadata").has("deletionTimestamp"))
                        .toList()))
                .anyMatch(text -> text.contains("EvictionByEvictionAPI") && text.contains("here: together"));
    }

    @Test
    void objectThatShouldNotBeThereIsFound() {
        assertThat(differences("01-deploy-3-replicas", (List<Change> changes) -> {
                    List<Change> more = new ArrayList<>(changes);
                    ObjectNode other = changes.stream()
                            .filter(change -> change.kind().equals("Pod"))
                            .findFirst()
                            .orElseThrow()
                            .object()
                            .deepCopy();
                    other.withObject("/metadata").put("uid", "another").put("name", "web-another");
                    more.add(new Change(9_999, "ADDED", "Pod", other));
                    return more;
                }))
                .anyMatch(text -> text.contains("here, but never recorded"));
    }

    private static List<String> differencesWith(String name, Function<Change, Change> fault) {
        return differences(
                name, (List<Change> changes) -> changes.stream().map(fault).toList());
    }

    /** How a repetition with a fault differs from all repetitions without. */
    private static List<String> differences(String name, UnaryOperator<List<Change>> fault) {
        Scenario scenario = scenarios.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        Expectation expectation = new Expectation(histories(scenario), rules);
        List<Change> copied = scenario.repetitions()
                .get(0)
                .changes()
                .map(change -> new Change(
                        change.ms(),
                        change.type(),
                        change.kind(),
                        change.object().deepCopy()))
                .toList();
        assertThat(Comparison.of(expectation, History.of(copied, Set.of())).differences())
                .as("without the fault")
                .isEmpty();
        return Comparison.of(expectation, History.of(fault.apply(copied), Set.of())).differences().stream()
                .map(Object::toString)
                .toList();
    }
}
