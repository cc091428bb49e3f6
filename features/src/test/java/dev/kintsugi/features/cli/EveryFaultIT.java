package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.EffectVerdict;
import dev.kintsugi.reports.model.Proof;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.Verdict;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each fault that the language of scenarios has bites, is proved to, and goes. */
class EveryFaultIT {

    @Test
    void everyFaultIsProvedAtItsTargetButTheOneThatNobodyOutsideCanSee(@TempDir Path folder) {
        Shell shell =
                Shell.kintsugi("run", "src/test/resources/every-fault/every-fault.feature", "--out", folder.toString());

        Run run = Reports.read(folder.resolve("run.json"));
        assertThat(run.scenarios())
                .as(shell.out() + shell.err())
                .hasSizeGreaterThan(10)
                .allSatisfy(scenario -> {
                    boolean unseen = scenario.name().contains("nobody outside");
                    assertThat(scenario.verdict())
                            .as("%s: %s", scenario.name(), scenario.reason())
                            .isEqualTo(unseen ? Verdict.INCONCLUSIVE : Verdict.PASSED);
                    assertThat(scenario.proofs())
                            .as(scenario.name())
                            .extracting(Proof::effect)
                            .containsExactly(unseen ? EffectVerdict.INCONCLUSIVE : EffectVerdict.CONFIRMED);
                    assertThat(scenario.residue()).as(scenario.name()).isEmpty();
                });
        assertThat(shell.exitCode()).isEqualTo(ExitCode.INCONCLUSIVE);
    }
}
