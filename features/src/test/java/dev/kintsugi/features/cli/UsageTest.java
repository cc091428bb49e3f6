package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.DockerClientFactory;

/** What the command says to a wrong word: one sentence that names the word, exit code 2, no stack trace, nothing started. */
class UsageTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            bogus                                    | Unmatched argument at index 0: 'bogus'
            run --bogus                              | Unknown option: '--bogus'
            run --cluster moon                       | --cluster moon: must be embedded
            run --chaos-mesh-chart x                 | --chaos-mesh-chart x: means nothing with --cluster embedded
            run --cluster k3s --chaos-mesh-chart /no | --chaos-mesh-chart /no: no such file or folder
            run --cluster k3s --timings real         | --timings real: means nothing with --cluster k3s
            run --cluster context:                   | --cluster context:: a name must follow the colon
            run --kubeconfig x                       | --kubeconfig x: means nothing with --cluster embedded
            run --cluster context --timings real     | --timings real: means nothing with --cluster context
            run --cluster context --kubeconfig /no   | --kubeconfig /no: no such file
            run --cluster api-server --kubernetes-binaries /no | --kubernetes-binaries /no: no such folder
            run --cluster api-server --kubernetes-binaries /proc/self/fd | must hold the programs etcd and kube-apiserver
            run --kubernetes-binaries /tmp           | --kubernetes-binaries /tmp: means nothing with --cluster embedded
            run --chaos monkey                       | --chaos monkey: must be auto, mesh or api
            run --healer x                           | --healer x: must be auto, local or in-cluster
            run --reach x                            | --reach x: must be auto, direct, proxy, or a URL
            run --reach http://x/                    | --reach http://x/: must have {service} and {namespace} in it
            doctor --cluster moon                    | --cluster moon: must be embedded
            cluster up --chaos-mesh maybe            | --chaos-mesh maybe: must be on, filtered or off
            run --cluster                            | Missing required parameter for option '--cluster' (KIND)
            run --seed x                             | Invalid value for option '--seed': 'x' is not a long
            run --tags                               | Missing required parameter for option '--tags' (EXPR)
            run --tags (@a                           | is no tag expression
            run --tags @nothing-has-it               | no scenario is left to run: features (all), tags @nothing-has-it
            run --timings slow                       | --timings slow: must be real or quick
            run --out /proc/nowhere                  | --out /proc/nowhere cannot be written
            run nowhere.feature                      | no feature nowhere.feature
            run pod/pod-kill.feature:999             | no scenario is left to run
            cluster                                  | which command?
            cluster down                             | Unmatched argument at index 1: 'down'
            cluster up --nodes 0                     | --nodes 0: must be from 1 to 1000
            cluster up --nodes 1001                  | --nodes 1001: must be from 1 to 1000
            cluster up --nodes x                     | Invalid value for option '--nodes': 'x' is not an int
            cluster up --timings slow                | --timings slow: must be real or quick
            cluster up --seed x                      | Invalid value for option '--seed': 'x' is not a long
            cluster up --kubeconfig /nowhere/config  | --kubeconfig /nowhere/config: must be a file in a folder that exists
            cluster up --kubeconfig /tmp             | --kubeconfig /tmp: must be a file in a folder that exists
            heal --bogus                             | Unknown option: '--bogus'
            heal --http nowhere                      | --http: 'nowhere' is not ADDRESS:PORT, e.g. 127.0.0.1:8080
            heal --kubeconfig /nowhere/config        | --kubeconfig: cannot read /nowhere/config
            chaos                                    | which command?
            chaos lint                               | Missing required parameter: 'FILE
            chaos lint nowhere.yaml                  | nowhere.yaml: there is no such file
            chaos lint /dev/null                     | /dev/null: there is no such file
            chaos lint --output xml a.yaml           | Invalid value for option '--output'
            chaos plan nowhere.yaml                  | nowhere.yaml: there is no such file
            chaos apply nowhere.yaml --slo x         | nowhere.yaml: there is no such file
            chaos status --kubeconfig /nowhere/c     | --kubeconfig: cannot read /nowhere/c
            chaos abort                              | give either a NAME or --all
            chaos abort --all one                    | give either a NAME or --all
            compare                                  | Missing required parameters: 'BASELINE.json', 'CURRENT.json'
            compare nowhere.json nowhere.json        | cannot read nowhere.json: no such file
            compare --tolerance x a b                | Invalid value for option '--tolerance': 'x' is not a double
            """)
    void wrongWordIsNamedInOneSentence(String words, String sentence) {
        Shell shell = Shell.kintsugi(words.split(" +"));
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.out()).isEmpty();
        assertThat(shell.err()).startsWith("kintsugi: ").contains(sentence).doesNotContain("\tat ", "Exception");
        assertThat(shell.err().lines()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void noCommandIsNoUse() {
        Shell shell = Shell.kintsugi();
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("which command?", "kintsugi --help");
    }

    @Test
    void wrongOptionSaysWhereTheRightOnesAre() {
        assertThat(Shell.kintsugi("cluster", "up", "--bogus").err()).contains("Try 'kintsugi cluster up --help'.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "run --help",
                "chaos --help",
                "chaos lint --help",
                "chaos plan --help",
                "chaos apply --help",
                "chaos status --help",
                "chaos abort --help",
                "cluster --help",
                "cluster up --help",
                "heal --help",
                "compare --help",
                "doctor --help"
            })
    void helpFitsIntoEightyColumns(String words) {
        Shell shell = Shell.kintsugi(words.split(" "));
        assertThat(shell.exitCode()).isEqualTo(ExitCode.PASSED);
        assertThat(shell.err()).isEmpty();
        assertThat(shell.out()).startsWith("Usage: kintsugi");
        assertThat(shell.out().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
                .noneMatch(line -> line.contains("rehearse"));
    }

    @Test
    void everyOptionIsDescribed() {
        assertThat(Shell.kintsugi("run", "--help").out())
                .contains("--cluster=KIND", "--out=DIR", "--seed=N", "--tags=EXPR", "--timings=PROFILE", "FEATURE")
                .contains(
                        "--chaos=BY", "--healer=WHICH", "--kubeconfig=FILE", "--reach=WAY", "--sample-app-image=IMAGE");
        assertThat(Shell.kintsugi("compare", "--help").out())
                .contains("BASELINE.json", "CURRENT.json", "--tolerance=PERCENT", "--tolerance-millis=MS");
    }

    @Test
    void featureThatDoesNotParseIsNamedWithItsLine(@TempDir Path folder) throws IOException {
        Path feature =
                Files.writeString(folder.resolve("mine.feature"), "Feature: x\n  Scenario: y\n    Given z\n  Gven z\n");
        Shell shell = Shell.kintsugi("run", feature.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("mine.feature", "(4:3)").doesNotContain("\tat ");
    }

    @Test
    void unknownStepIsNamedWithItsLine(@TempDir Path folder) throws IOException {
        Path feature =
                Files.writeString(folder.resolve("mine.feature"), "Feature: x\n  Scenario: y\n    When pigs fly\n");
        Shell shell = Shell.kintsugi("run", feature.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("mine.feature:3: pigs fly", "features/README.md");
    }

    @Test
    void k3sWithoutDockerSaysWhatToInstall(@TempDir Path folder) {
        assumeThat(DockerClientFactory.instance().isDockerAvailable()).isFalse();
        Shell shell = Shell.kintsugi("run", "--cluster", "k3s", "--out", folder.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(shell.err())
                .startsWith("kintsugi: --cluster k3s needs Docker")
                .contains("install Docker")
                .doesNotContain("\tat ", "Exception");
        assertThat(shell.err().lines()).hasSize(1);
    }

    @Test
    void unreachableClusterIsNamedWithItsAddress(@TempDir Path folder) throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        Path kubeconfig = Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {token: secret}}]
                contexts: [{name: gone, context: {cluster: c, user: u}}]
                current-context: gone
                """.formatted(closed));
        Shell run = Shell.kintsugi(
                "run", "--cluster", "context", "--kubeconfig", kubeconfig.toString(), "--out", folder + "/out");
        assertThat(run.exitCode()).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(run.err())
                .isEqualTo("kintsugi: context gone: no API server answers at http://127.0.0.1:" + closed + "/\n");

        Shell doctor = Shell.kintsugi("doctor", "--cluster", "context", "--kubeconfig", kubeconfig.toString());
        assertThat(doctor.exitCode()).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(doctor.out()).startsWith("fail  cluster      context gone: no API server answers");
        assertThat(doctor.err()).isEmpty();
    }

    @Test
    void unknownNeedIsNamedWithThoseThatThereAre(@TempDir Path folder) throws IOException {
        Path feature = Files.writeString(
                folder.resolve("mine.feature"),
                "@needs-luck\nFeature: x\n  Scenario: y\n    Given the healer is off\n");
        Shell shell = Shell.kintsugi("run", feature.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("no such need: @needs-luck; there are @needs-chaos-mesh, @needs-netem");
    }

    @Test
    void fileWithoutScenariosIsNoUse(@TempDir Path folder) throws IOException {
        Path text = Files.writeString(folder.resolve("README.md"), "no feature");
        Shell shell = Shell.kintsugi("run", text.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("no scenario is left to run").contains("README.md");
    }

    @Test
    void outFolderThatIsAFileIsNamed(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Shell shell = Shell.kintsugi("run", "--out", file.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).isEqualTo("kintsugi: --out " + file + " cannot be written: it is a file\n");
    }

    @Test
    void wrongOptionMakesNoFolder(@TempDir Path folder) {
        Path out = folder.resolve("out");
        assertThat(Shell.kintsugi("run", "--timings", "slow", "--out", out.toString())
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(out).doesNotExist();
    }

    @Test
    void kubeconfigOfAnotherClusterIsNotReplaced(@TempDir Path folder) throws IOException {
        Path mine = Files.writeString(folder.resolve("config"), "current-context: production\n");
        Shell shell = Shell.kintsugi("cluster", "up", "--kubeconfig", mine.toString());
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains("belongs to something else");
        assertThat(mine).hasContent("current-context: production\n");
    }

    @Test
    void versionIsOneLine() {
        for (List<String> words : List.of(List.of("--version"), List.of("run", "--version"))) {
            Shell shell = Shell.kintsugi(words.toArray(String[]::new));
            assertThat(shell.exitCode()).isEqualTo(ExitCode.PASSED);
            assertThat(shell.out()).matches("kintsugi \\S+\n");
        }
    }
}
