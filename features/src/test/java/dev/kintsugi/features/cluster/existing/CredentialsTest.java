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
    }

    @Test
    void contextThatIsNotThereIsNamedWithThoseThatAre() {
        assertThatThrownBy(() -> Credentials.find(file, "testing", Map.of(), account))
                .isInstanceOf(ClusterUnavailable.class)
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
    void severalFilesAreRefused() {
        assertThatThrownBy(() -> Credentials.find(null, null, Map.of("KUBECONFIG", "/a:/b"), account))
                .isInstanceOf(ClusterUnavailable.class)
                .hasMessageContaining("$KUBECONFIG names 2 files");
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
        assertThat(Files.readString(folder.resolve("out")))
                .contains("tokenFile", account.resolve("token").toString());
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
