package dev.kintsugi.features.cluster.existing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.kintsugi.features.cluster.apiserver.StandIn;
import dev.kintsugi.features.cluster.apiserver.TlsFront;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.existing.Authority.Issued;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All the ways into a cluster over TLS, and all the ways to fail at it, each of them one sentence. */
class SecuredClusterTest {

    private static final String TOKEN = "let-me-in";
    private static final GeneralName HERE = new GeneralName(GeneralName.iPAddress, "127.0.0.1");

    private static Authority authority = new Authority("cluster");
    private static ApiServer server = ApiServer.start(ServerOptions.withSeed(1));
    private static TlsFront front = listen(authority.issue("CN=api", HERE), SecuredClusterTest::known);

    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void warm() {
        assertThat(front.port()).isPositive();
    }

    @AfterAll
    static void end() {
        front.close();
        server.close();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private static boolean known(HttpServerRequest request) {
        return TlsFront.hasCertificate(request) || TlsFront.bearer(TOKEN).test(request);
    }

    private static TlsFront listen(Issued identity, java.util.function.Predicate<HttpServerRequest> known) {
        return TlsFront.listen(
                new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertValue(identity.certificateBuffer())
                                .addKeyValue(identity.keyBuffer()))
                        .setClientAuth(ClientAuth.REQUEST)
                        .setTrustOptions(new PemTrustOptions()
                                .addCertValue(io.vertx.core.buffer.Buffer.buffer(authority.certificate()))),
                0,
                server.url(),
                server.token(),
                known);
    }

    private String url() {
        return "https://127.0.0.1:" + front.port();
    }

    private static String trusted(Authority by) {
        return "certificate-authority-data: " + Authority.base64(by.certificate());
    }

    /** @param cluster and user: further lines of each, parted by semicolons */
    private Path kubeconfig(String url, String cluster, String user) throws IOException {
        return Files.writeString(folder.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters:
                - name: c
                  cluster:
                    server: %s
                    %s
                users:
                - name: u
                  user:
                    %s
                contexts:
                - name: staging
                  context: {cluster: c, user: u}
                current-context: staging
                """.formatted(
                        url, cluster.replace(";", "\n    "), user.replace(";", "\n    ")));
    }

    private ExistingCluster connect(String url, String cluster, String user) throws IOException {
        ExistingCluster connected =
                ExistingCluster.connect(kubeconfig(url, cluster, user), null, folder.resolve("written"));
        opened.add(connected);
        return connected;
    }

    private void works(String cluster, String user) throws IOException {
        ExistingCluster connected = connect(url(), cluster, user);
        assertThat(connected.client().namespaces().withName("default").get()).isNotNull();
        assertThat(connected.context()).isEqualTo("staging");
    }

    private String failure(String url, String cluster, String user) {
        Throwable thrown = catchThrowable(() -> connect(url, cluster, user));
        assertThat(thrown).isInstanceOf(ClusterUnavailable.class);
        String message = String.valueOf(thrown.getMessage());
        assertThat(message).startsWith("context staging: ").doesNotContain("Exception", "\n", "io.fabric8");
        return message.substring("context staging: ".length());
    }

    @Test
    void clientCertificateInTheFile() throws IOException {
        Issued client = authority.issue("CN=admin,O=system:masters");
        works(
                trusted(authority),
                "client-certificate-data: " + Authority.base64(client.certificate()) + ";client-key-data: "
                        + Authority.base64(client.key()));
    }

    @Test
    void certificatesInFilesBesideTheKubeconfig() throws IOException {
        Issued client = authority.issue("CN=admin,O=system:masters");
        Files.writeString(folder.resolve("ca.crt"), authority.certificate());
        Files.writeString(folder.resolve("client.crt"), client.certificate());
        Files.writeString(folder.resolve("client.key"), client.key());
        works("certificate-authority: ca.crt", "client-certificate: client.crt;client-key: client.key");
    }

    @Test
    void bearerToken() throws IOException {
        works(trusted(authority), "token: " + TOKEN);
    }

    @Test
    void tokenFile() throws IOException {
        Files.writeString(folder.resolve("token"), TOKEN + "\n");
        works(trusted(authority), "tokenFile: token");
    }

    @Test
    void commandThatGetsAToken() throws IOException {
        StandIn.script(
                folder.resolve("login"),
                "echo '{\"kind\": \"ExecCredential\", \"apiVersion\": \"client.authentication.k8s.io/v1\","
                        + " \"status\": {\"token\": \"'$WHICH'\"}}'");
        works(
                trusted(authority),
                "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never,"
                        + " env: [{name: WHICH, value: " + TOKEN + "}]}");
    }

    @Test
    void certificateThatIsNotToBeVerified() throws IOException {
        works("insecure-skip-tls-verify: true", "token: " + TOKEN);
    }

    @Test
    void proxyOnTheWay() throws IOException {
        try (ConnectProxy proxy = new ConnectProxy()) {
            works(trusted(authority) + ";proxy-url: http://127.0.0.1:" + proxy.port(), "token: " + TOKEN);
            assertThat(proxy.tunnels()).contains("127.0.0.1:" + front.port());
        }
    }

    @Test
    void podsAccount() throws IOException {
        Path account = Files.createDirectories(folder.resolve("account"));
        Files.writeString(account.resolve("token"), TOKEN);
        Files.writeString(account.resolve("ca.crt"), authority.certificate());
        Path written = folder.resolve("written");
        Credentials.find(
                        null,
                        null,
                        java.util.Map.of(
                                "HOME", folder.toString(),
                                "KUBERNETES_SERVICE_HOST", "127.0.0.1",
                                "KUBERNETES_SERVICE_PORT", Integer.toString(front.port())),
                        account)
                .write(written);
        try (ExistingCluster connected = ExistingCluster.connect(written, null, folder.resolve("again"))) {
            assertThat(connected.client().namespaces().withName("default").get())
                    .isNotNull();
        }
    }

    @Test
    void certificateOfAnotherAuthority() {
        assertThat(failure(url(), trusted(new Authority("another")), "token: " + TOKEN))
                .isEqualTo("the certificate of the API server at " + url() + "/ is not trusted: no authority that the"
                        + " kubeconfig names has signed it");
    }

    @Test
    void certificateThatHasExpired() {
        try (TlsFront expired =
                listen(authority.issue("CN=api", Instant.now().minus(Duration.ofHours(1)), HERE), request -> true)) {
            String url = "https://127.0.0.1:" + expired.port();
            assertThat(failure(url, trusted(authority), "token: " + TOKEN))
                    .startsWith("the certificate of the API server at " + url + "/ is not trusted: it has expired");
        }
    }

    @Test
    void certificateForAnotherName() {
        try (TlsFront other = listen(
                authority.issue("CN=api", new GeneralName(GeneralName.dNSName, "api.example.org")), request -> true)) {
            String url = "https://127.0.0.1:" + other.port();
            assertThat(failure(url, trusted(authority), "token: " + TOKEN))
                    .startsWith("the certificate of the API server at " + url + "/ is not trusted: ")
                    .contains("127.0.0.1");
        }
    }

    @Test
    void wrongTokenAndNoneAtAll() {
        String refused = "the API server at " + url() + "/ does not accept the credentials";
        assertThat(failure(url(), trusted(authority), "token: wrong")).isEqualTo(refused);
        assertThat(failure(url(), trusted(authority), "token: ''")).isEqualTo(refused);
    }

    @Test
    void commandThatFailsOrIsNotThere() throws IOException {
        StandIn.script(folder.resolve("login"), "echo 'please log in first' >&2; exit 1");
        String exec = "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ";
        assertThat(failure(url(), trusted(authority), exec + "./login}")).contains("; they come from " + folder);
        assertThat(failure(url(), trusted(authority), exec + "kintsugi-no-such-login}"))
                .contains("kintsugi-no-such-login");
    }

    @Test
    void filesThatAreNotThere() {
        assertThat(failure(url(), "certificate-authority: gone.crt", "token: " + TOKEN))
                .isEqualTo("there is no file " + folder.resolve("gone.crt") + ", which the kubeconfig names");
        assertThat(failure(url(), trusted(authority), "tokenFile: gone"))
                .isEqualTo("there is no file " + folder.resolve("gone") + ", which the kubeconfig names");
    }

    @Test
    void certificateThatIsNone() {
        assertThat(failure(url(), "certificate-authority-data: aGVsbG8=", "token: " + TOKEN))
                .contains("certificate");
    }

    @Test
    void serverThatSpeaksNoTls() {
        String url = server.url().replace("http:", "https:");
        assertThat(failure(url, trusted(authority), "token: " + TOKEN)).contains(url + "/");
    }

    @Test
    void nameThatNobodyKnows() {
        assertThat(failure("https://api.cluster.invalid:6443", trusted(authority), "token: " + TOKEN))
                .isEqualTo("no API server answers at https://api.cluster.invalid:6443/: the name is not known");
    }

    @Test
    void contextThatIsNotThereIsAWrongWord() throws IOException {
        Path file = kubeconfig(url(), trusted(authority), "token: " + TOKEN);
        assertThatThrownBy(() -> ExistingCluster.connect(file, "production", folder.resolve("written")))
                .isInstanceOf(UnknownContext.class)
                .hasMessage("no context production in " + file + "; there are: staging");
    }
}
