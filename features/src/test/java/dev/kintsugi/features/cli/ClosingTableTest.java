package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTableTest {

    private static List<String> lines(ScenarioResult... scenarios) {
        return ClosingTable.render(RunFile.of(scenarios)).lines().toList();
    }

    @Test
    void recoveryIsTheMiddleOfItsIntervalAndHowFarThatReaches() {
        assertThat(lines(RunFile.recovered("One pod is killed", 2_000, 100)).get(1))
                .isEqualTo("passed        One pod is killed                 1.95±0.05 s   1.5 %  Kubernetes");
    }

    @Test
    void whatWasNotMeasuredIsADash() {
        assertThat(lines(RunFile.unmeasured("x", Verdict.INCONCLUSIVE)).get(1)).matches("inconclusive {2}x +- +- {2}-");
    }

    @Test
    void everyVerdictHasItsWord() {
        for (Verdict verdict : List.of(Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.SKIPPED)) {
            assertThat(lines(RunFile.unmeasured("x", verdict)).get(1))
                    .startsWith(verdict.name().toLowerCase(java.util.Locale.ROOT) + " ");
        }
    }

    @Test
    void columnsStandUnderTheirHeadsInEightyColumnsWhateverIsInThem() {
        List<String> lines = lines(
                RunFile.recovered("n".repeat(200), 99_994, 12_000),
                RunFile.recovered("😀".repeat(40), 5_999_000, 900_000),
                RunFile.unmeasured("short", Verdict.INCONCLUSIVE),
                RunFile.recovered("quick", 4, 3));
        assertThat(lines).allSatisfy(line -> assertThat(line.codePointCount(0, line.length()))
                .isLessThanOrEqualTo(80));
        int end = lines.get(0).indexOf("RECOVERY") + "RECOVERY".length();
        assertThat(lines.get(1)).contains("…");
        assertThat(List.of(lines.get(1), lines.get(4)))
                .allSatisfy(line -> assertThat(line.substring(0, end)).endsWith(" s"));
        assertThat(lines.get(2)).contains("😀…").contains("s   1.5 %");
    }
}
