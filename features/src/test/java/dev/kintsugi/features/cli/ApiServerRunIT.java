package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.features.cluster.apiserver.StandIn;
import dev.kintsugi.reports.Reports;
import dev.kintsugi.reports.model.Run;
import dev.kintsugi.reports.model.ScenarioResult;
import dev.kintsugi.reports.model.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on an API server that is another process and as strict as the real one. */
class ApiServerRunIT {

    @TempDir
    private Path folder;

    @Test
    void scenariosPassThereUnchanged() throws IOException {
        Path binaries = StandIn.programs(folder.resolve("bin"));
        Shell shell = Shell.kintsugi(
                "run",
                "pod/pod-kill.feature",
                "resources/memory-stress.feature",
                "--cluster",
                "api-server",
                "--kubernetes-binaries",
                binaries.toString(),
                "--out",
                folder.resolve("out").toString());
        assertThat(shell.exitCode()).as(shell.out() + shell.err()).isEqualTo(ExitCode.PASSED);
        Run run = Reports.read(folder.resolve("out/run.json"));
        assertThat(run.environment().cluster()).isEqualTo("api-server");
        assertThat(run.scenarios())
                .hasSize(2)
                .extracting(ScenarioResult::verdict)
                .containsOnly(Verdict.PASSED);
        List<ProcessHandle> left = ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains("StandIn"))
                .toList();
        assertThat(left).isEmpty();
        assertThat(Files.getPosixFilePermissions(folder.resolve("out/cluster/kubeconfig")))
                .as("it goes when the JVM ends, and until then is the owner's alone")
                .hasSize(2);
    }

    @Test
    void serverThatDoesNotStartIsTheEndWithItsLastLines() throws IOException {
        Path binaries = StandIn.programs(folder.resolve("bin"));
        StandIn.script(binaries.resolve("kube-apiserver"), "echo 'Error: no room' >&2; exit 3");
        Shell shell = Shell.kintsugi(
                "run",
                "--cluster",
                "api-server",
                "--kubernetes-binaries",
                binaries.toString(),
                "--out",
                folder.resolve("out").toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(shell.err())
                .isEqualTo(
                        "kintsugi: --cluster api-server: kube-apiserver ended with code 3 while it started; it printed"
                                + " last:\n  Error: no room\n");
    }
}
