package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {

    @TempDir
    private Path folder;

    private String written(String name, Run run) {
        Reports.write(run, folder.resolve(name));
        return folder.resolve(name).resolve("run.json").toString();
    }

    @Test
    void sameRecoveryPasses() {
        String run = written("same", RunFile.of(RunFile.recovered("kill", 2_000, 100)));
        Shell shell = Shell.kintsugi("compare", run, run);
        assertThat(shell.exitCode()).isEqualTo(ExitCode.PASSED);
        assertThat(shell.out()).contains("unchanged", "kill", "1 unchanged");
        assertThat(shell.err()).isEmpty();
    }

    @Test
    void slowerRecoveryIsARegressionUnlessItIsTolerated() {
        String before = written("before", RunFile.of(RunFile.recovered("kill", 2_000, 100)));
        String after = written("after", RunFile.of(RunFile.recovered("kill", 3_000, 100)));
        assertThat(Shell.kintsugi("compare", before, after).exitCode()).isEqualTo(ExitCode.REGRESSION);
        assertThat(Shell.kintsugi("compare", before, after).out()).contains("regressed");
        assertThat(Shell.kintsugi("compare", "--tolerance", "50", before, after).exitCode())
                .isEqualTo(ExitCode.PASSED);
        assertThat(Shell.kintsugi("compare", "--tolerance-millis", "1000", before, after)
                        .exitCode())
                .isEqualTo(ExitCode.PASSED);
        assertThat(Shell.kintsugi("compare", after, before).exitCode()).isEqualTo(ExitCode.PASSED);
    }

    @Test
    void fileThatIsNoRunIsNamed() throws IOException {
        String run = written("run", RunFile.of(RunFile.recovered("kill", 2_000, 100)));
        Path bad = Files.writeString(folder.resolve("bad.json"), "{\"schema\": 7}");
        Shell shell = Shell.kintsugi("compare", run, bad.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).startsWith("kintsugi: cannot read " + bad + ": ");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void folderIsNoRun() {
        Shell shell = Shell.kintsugi("compare", folder.toString(), folder.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("it is a directory");
    }

    @Test
    void negativeToleranceMakesNoSense() {
        String run = written("run", RunFile.of(RunFile.recovered("kill", 2_000, 100)));
        Shell shell = Shell.kintsugi("compare", "--tolerance=-1", run, run);
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("--tolerance -1", "must be 0 or more");
    }
}
