package dev.kintsugi.features.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Manifests as strangers write them: each gets a sentence with its file, its field and what would be right. */
class AwkwardManifestsTest {

    private static final String TARGETS = "mode: one, selector: {labelSelectors: {app: web}}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("chaos.yaml"), text);
    }

    private static String manifest(String kind, String spec) {
        return "apiVersion: chaos-mesh.org/v1alpha1\nkind: " + kind
                + "\nmetadata: {name: x, namespace: shop}\nspec:\n  {" + spec.replace("TARGETS", TARGETS) + "}\n";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PodChoas     | TARGETS, action: pod-kill                                        | :2: error: kind: Chaos Mesh has no kind "PodChoas"
            PodChaos     | mode: one, action: pod-kill                                      | spec.selector: is missing
            PodChaos     | mode: one, action: pod-kill, selector: {label: {a: b}}           | spec.selector.label: ignored: there is no such field
            PodChaos     | TARGETS, action: pod-kill, gracePeriod: '5'                      | spec.gracePeriod: must be a whole number, not the text "5" — write 5 without quotes
            NetworkChaos | TARGETS, action: partition, duration: 30                         | spec.duration: must be text, not 30 — write a time with its unit, such as 30s
            NetworkChaos | TARGETS, action: partition, duration: '30'                       | missing unit in duration "30" — give a duration such as 30s
            PodChaos     | action: pod-kill, mode: fixed, selector: {pods: {a: [b]}}        | spec.value: Chaos Mesh's webhook rejects it: Invalid value: "": parse value field error:strconv.Atoi: parsing "": invalid syntax — say how many
            PodChaos     | action: pod-kill, mode: fixed-percent, value: '150', selector: {pods: {a: [b]}} | give a whole percentage from 1 to 100
            PodChaos     | action: pod-kill, mode: some, selector: {pods: {a: [b]}}         | spec.mode: "some" is not known — use one of all, fixed
            PodChaos     | TARGETS, action: container-kill                                  | name at least one container of the pod
            NetworkChaos | TARGETS, action: loss, duration: 9s, loss: {loss: '130'}         | spec.loss.loss: 130 % passes the webhook and then fails on the node
            NetworkChaos | TARGETS, action: loss, duration: 9s, loss: {loss: 30}            | spec.loss.loss: must be text, not 30 — put it in quotes
            HTTPChaos    | TARGETS, target: Request, port: 80808, abort: true, duration: 9s | spec.port: there is no port 80808
            Schedule     | schedule: '61 * * * *', type: PodChaos, podChaos: {TARGETS, action: pod-kill} | spec.schedule: Chaos Mesh's webhook rejects it
            Schedule     | schedule: '@every 5m', type: PodChaos                            | spec.type: there is no podChaos to start
            Workflow     | entry: go, templates: [{name: a, templateType: Suspend, deadline: 5s}] | can not find a template with name go — name one of spec.templates
            Workflow     | entry: a, templates: [{name: a, templateType: Serial, children: [a]}] | template a contains itself
            """)
    void lintNamesFileFieldAndWhatWouldBeRight(String kind, String spec, String sentence) throws IOException {
        Path file = file(manifest(kind, spec));

        Shell lint = Shell.kintsugi("chaos", "lint", file.toString());

        assertThat(lint.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(lint.err()).isEmpty();
        assertThat(lint.out()).contains(sentence).doesNotContain("correct it", "Exception", "{schedule=");
        assertThat(lint.out().lines()).allSatisfy(line -> assertThat(line).startsWith(file + ":"));
    }

    @Test
    void versionOrKindThatIsMissingOrUnknownIsNamed() throws IOException {
        Path old = file("apiVersion: chaos-mesh.org/v1beta1\nkind: PodChaos\nmetadata: {name: x}\nspec: {}\n");
        assertThat(Shell.kintsugi("chaos", "lint", old.toString()).out())
                .isEqualTo(old + ":1: error: apiVersion: Chaos Mesh has no version \"chaos-mesh.org/v1beta1\""
                        + " — write chaos-mesh.org/v1alpha1\n");
        Path none = file("apiVersion: chaos-mesh.org/v1alpha1\nmetadata: {name: x}\nspec: {}\n");
        assertThat(Shell.kintsugi("chaos", "lint", none.toString()).out()).contains("error: kind: is missing");
    }

    @Test
    void templateThatWasNotRenderedIsTakenForOne() throws IOException {
        Path file = file("apiVersion: chaos-mesh.org/v1alpha1\nkind: PodChaos\nmetadata: {name: {{ .Values.name }}}\n");
        assertThat(Shell.kintsugi("chaos", "lint", file.toString()).out())
                .startsWith(file + ":3: error: no YAML: ")
                .contains("template, which has to be rendered first");
    }

    @ParameterizedTest
    @CsvSource({"plan", "apply"})
    void whatNoClusterWouldTakeIsRefusedBeforeOneIsAsked(String command) throws IOException {
        Path bad = file(manifest("NetworkChaos", "TARGETS, action: partition, duration: '30'"));
        Shell shell = Shell.kintsugi("chaos", command, bad.toString(), "--kubeconfig", "/no/such/file");
        assertThat(shell.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(shell.err()).contains(bad + ":5: error: spec.duration: ", "give a duration such as 30s");

        Path two = file(manifest("PodChaos", "TARGETS, action: pod-kill") + "---\n"
                + manifest("PodChaos", "TARGETS, action: pod-failure, duration: 9s"));
        assertThat(Shell.kintsugi("chaos", command, two.toString()).err())
                .isEqualTo("kintsugi: " + two + ": has 2 resources of Chaos Mesh; put each into a file of its own\n");
    }

    @Test
    void fileThatIsNoManifestAtAllIsMisuse() throws IOException {
        assertMisuse(file(""), "there is no resource of Chaos Mesh");
        assertMisuse(
                file("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n"),
                "there is no resource of Chaos Mesh");
        assertMisuse(file("# " + "x".repeat(4 << 20)), "is larger than a manifest can be");
        Path binary = Files.write(folder.resolve("chaos.yaml"), new byte[] {(byte) 0xfe, (byte) 0xff, 0, 1, 2});
        assertMisuse(binary, "is no text in UTF-8");
        Path utf16 = Files.writeString(folder.resolve("chaos.yaml"), "kind: PodChaos", StandardCharsets.UTF_16);
        assertMisuse(utf16, "is no text in UTF-8");
        assertMisuse(folder.resolve("absent.yaml"), "there is no such file");
    }

    private static void assertMisuse(Path file, String why) {
        for (String command : new String[] {"lint", "plan", "apply"}) {
            Shell shell = Shell.kintsugi("chaos", command, file.toString());
            assertThat(shell.exitCode()).as(command).isEqualTo(ExitCode.USAGE);
            assertThat(shell.err())
                    .as(command)
                    .startsWith("kintsugi: " + file)
                    .contains(why)
                    .hasLineCount(1);
            assertThat(shell.out()).isEmpty();
        }
    }

    @Test
    void clusterThatDoesNotAnswerIsSaidInOneSentence() throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: a, cluster: {server: "http://127.0.0.1:1"}}]
                users: [{name: a, user: {}}]
                contexts: [{name: a, context: {cluster: a, user: a}}]
                current-context: a
                """);
        Shell status = Shell.kintsugi("chaos", "status", "--kubeconfig", kubeconfig.toString());
        assertThat(status.exitCode()).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(status.err())
                .startsWith("kintsugi: the experiments of the cluster at http://127.0.0.1:1/")
                .hasLineCount(1);
    }
}
