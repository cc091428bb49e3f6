package dev.kintsugi.features.cli;

import dev.kintsugi.features.run.UsageException;
import dev.kintsugi.reports.ReportException;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.baseline.Change.Status;
import dev.kintsugi.reports.baseline.Comparison;
import dev.kintsugi.reports.baseline.Tolerance;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.render.ComparisonTable;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what became slower, quicker, or broken between two runs. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        versionProvider = Kintsugi.Versions.class,
        description =
                "Compare a run with a baseline; exit code 3 when a scenario became worse than the tolerance, 4 when"
                        + " it ran too few times to tell.")
final class CompareCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "BASELINE.json", description = "run.json of the run to compare with")
    private Path baseline = Path.of("");

    @Parameters(index = "1", paramLabel = "CURRENT.json", description = "run.json of the run in question")
    private Path current = Path.of("");

    @Option(
            names = "--tolerance",
            paramLabel = "PERCENT",
            defaultValue = "10",
            description = "how much slower is still well, in percent (default: ${DEFAULT-VALUE})")
    private double percent;

    @Option(
            names = "--tolerance-millis",
            paramLabel = "MS",
            defaultValue = "250",
            description = "and in milliseconds; the larger of the two holds (default: ${DEFAULT-VALUE})")
    private double millis;

    @Override
    public Integer call() {
        Comparison comparison = Comparison.compare(read(baseline), read(current), tolerance());
        spec.commandLine().getOut().print(ComparisonTable.render(comparison));
        spec.commandLine().getOut().flush();
        if (comparison.regressed()) {
            return ExitCode.REGRESSION;
        }
        return comparison.count(Status.TOO_FEW_SAMPLES) > 0 ? ExitCode.INCONCLUSIVE : ExitCode.PASSED;
    }

    private Tolerance tolerance() {
        try {
            return new Tolerance(percent / 100, millis);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--tolerance " + percent + " --tolerance-millis " + millis + ": " + e.getMessage());
        }
    }

    private static Run read(Path file) {
        try {
            return Reports.read(file);
        } catch (ReportException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
