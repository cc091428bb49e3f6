package dev.kintsugi.features.cluster.existing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {

    private static final String TWO_CONTEXTS = """
            apiVersion: v1
            kind: Config
            clusters:
            - {name: a, cluster: {server: "https://a.example.org", certificate-authority: certs/ca.crt}}
            - {name: b, cluster: {server: "https://b.example.org"}}
            users:
            - {name: u, user: {token: secret}}
            contexts:
            - {name: staging, context: {cluster: a, user: u, namespace: shop}}
            - {name: production, context: {cluster: b, user: u}}
            current-context: staging
            """;

    @TempDir
    private Path folder;

    private Path file = Path.of("");
    private Path account = Path.of("");

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("config"), TWO_CONTEXTS);
        account = folder.resolve("account");
    }

    private Config written(Credentials credentials) throws IOException {
        Path out = folder.resolve("out");
        credentials.write(out);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
                .isEqualTo("rw-------");
        return Config.fromKubeconfig(out.toFile());
    }

    @Test
    void currentContextIsTakenAndFilesAreNamedInFull() throws IOException {
        Files.createFile(Files.createDirectories(folder.resolve("certs")).resolve("ca.crt"));
        Config config = written(Credentials.find(file, null, Map.of(), account));
        assertThat(config.getMasterUrl()).startsWith("https://a.example.org");
        assertThat(config.getCaCertFile())
                .isEqualTo(folder.resolve("certs/ca.crt").toString());
        assertThat(config.getNamespace()).isEqualTo("shop");
    }

    @Test
    void namedContextIsInForceForOtherProcessesToo() throws IOException {
        Credentials credentials = Credentials.find(file, "production", Map.of(), account);
        assertThat(credentials.context()).isEqualTo("production");
        assertThat(written(credentials).getMasterUrl()).startsWith("https://b.example.org");
        assertThat(file).hasContent(TWO_CONTEXTS);
        assertThat(folder.resolve("out")).content().doesNotContain("a.example.org", "staging");
    }

    @Test
    void contextThatIsNotThereIsNamedWithThoseThatAre() {
        assertThatThrownBy(() -> Credentials.find(file, "testing", Map.of(), account))
                .isInstanceOf(UnknownContext.class)
                .hasMessage("no context testing in " + file + "; there are: staging, production");
    }

    @Test
    void usualFileIsThatOfTheVariableThenThatOfTheHome() throws IOException {
        Path home = folder.resolve("home");
        Files.createDirectories(home.resolve(".kube"));
        Files.writeString(
                home.resolve(".kube/config"),
                TWO_CONTEXTS.replace("current-context: staging", "current-context: production"));
        Map<String, String> both = Map.of("KUBECONFIG", file.toString(), "HOME", home.toString());
        assertThat(Credentials.find(null, null, both, account).context()).isEqualTo("staging");
        assertThat(Credentials.find(null, null, Map.of("HOME", home.toString()), account)
                        .context())
                .isEqualTo("production");
    }

    @Test
    void ofSeveralFilesTheFirstThatHasSomethingIsRight() throws IOException {
        Path other = Files.writeString(
                Files.createDirectories(folder.resolve("other")).resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters:
                - {name: a, cluster: {server: "https://wrong.example.org"}}
                - {name: c, cluster: {server: "https://c.example.org", certificate-authority: ca.crt}}
                users:
                - {name: v, user: {token: other}}
                contexts:
                - {name: testing, context: {cluster: c, user: v}}
                current-context: testing
                """);
        Files.createFile(folder.resolve("other/ca.crt"));
        Files.createFile(Files.createDirectories(folder.resolve("certs")).resolve("ca.crt"));
        Map<String, String> both = Map.of("KUBECONFIG", "/nowhere:" + file + ":" + other);
        assertThat(written(Credentials.find(null, null, both, account)).getMasterUrl())
                .startsWith("https://a.example.org");
        Config testing = written(Credentials.find(null, "testing", both, account));
        assertThat(testing.getMasterUrl()).startsWith("https://c.example.org");
        assertThat(testing.getAutoOAuthToken()).isEqualTo("other");
        assertThat(testing.getCaCertFile())
                .as("relative to its own file")
                .isEqualTo(folder.resolve("other/ca.crt").toString());
    }

    @Test
    void variableThatNamesNoFileIsNoWayToAnotherCluster() {
        assertThatThrownBy(() -> Credentials.find(null, null, Map.of("KUBECONFIG", "/nowhere"), account))
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessage("$KUBECONFIG is /nowhere, and there is no such file");
    }

    @Test
    void contextOfAClusterThatIsNotThereIsNamed() throws IOException {
        Files.writeString(file, TWO_CONTEXTS.replace("cluster: b,", "cluster: z,"));
        assertThatThrownBy(() -> Credentials.find(file, "production", Map.of(), account))
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessage("context production in " + file + " names a cluster that is not there");
    }

    @Test
    void withoutAFileThePodsAccountIsTaken() throws IOException {
        Files.createDirectories(account);
        Files.writeString(account.resolve("token"), "pods-token");
        Files.writeString(account.resolve("ca.crt"), "");
        Map<String, String> pod = Map.of(
                "HOME", folder.toString(), "KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT", "443");
        Config config = written(Credentials.find(null, null, pod, account));
        assertThat(config.getMasterUrl()).startsWith("https://10.96.0.1:443");
        assertThat(config.getCaCertFile()).isEqualTo(account.resolve("ca.crt").toString());
        assertThat(config.getAutoOAuthToken()).isEqualTo("pods-token");
    }

    @Test
    void nothingAtAllSaysWhereWasLookedAndWhatWouldHelp() {
        assertThatThrownBy(() -> Credentials.find(null, null, Map.of("HOME", folder.toString()), account))
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessageContaining("--kubeconfig");
    }

    @Test
    void fileThatIsNoKubeconfigIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "hello");
        assertThatThrownBy(() -> Credentials.find(text, null, Map.of(), account))
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessageContaining(text + " is not a kubeconfig");
    }
}
