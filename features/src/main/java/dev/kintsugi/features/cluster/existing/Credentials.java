package dev.kintsugi.features.cluster.existing;

import dev.kintsugi.features.cluster.PrivateFile;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A kubeconfig with one chosen context in force, from what kubectl would use: {@code --kubeconfig}, {@code $KUBECONFIG},
 * {@code ~/.kube/config}, or the account of the pod that this runs in.
 */
final class Credentials {

    /** Where a pod finds its account. */
    static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private static final String IN_CLUSTER = "in-cluster";

    private final Config config;
    private final Path base;

    private Credentials(Config config, Path base) {
        this.config = config;
        this.base = base;
    }

    /**
     * Finds them.
     *
     * @param file what the user named, if anything
     * @param context what the user named, if anything; else the file's current one
     * @param environment {@code KUBECONFIG}, {@code HOME}, {@code KUBERNETES_SERVICE_HOST} and the like
     * @param account where a pod's account is
     * @throws ClusterUnavailable when there are none, or no such context
     */
    static Credentials find(
            @Nullable Path file, @Nullable String context, Map<String, String> environment, Path account) {
        Optional<Path> found = Optional.ofNullable(file).or(() -> usual(environment));
        if (found.isPresent()) {
            return in(found.get().toAbsolutePath(), context);
        }
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        if (host != null && Files.exists(account.resolve("token"))) {
            String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
            return new Credentials(ofPod(host, port, account), account);
        }
        throw new ClusterUnavailable(
                "no cluster is configured: there is no ~/.kube/config, $KUBECONFIG is not set, and this"
                        + " is no pod; name a file by --kubeconfig");
    }

    /** The first file that exists, as kubectl takes it; contexts of several files are not merged. */
    private static Optional<Path> usual(Map<String, String> environment) {
        String listed = environment.getOrDefault("KUBECONFIG", "");
        List<Path> files = Stream.of(listed.split(File.pathSeparator))
                .filter(name -> !name.isBlank())
                .map(Path::of)
                .toList();
        if (files.size() > 1) {
            throw new ClusterUnavailable("$KUBECONFIG names " + files.size()
                    + " files; name one by --kubeconfig, such as" + " one that `kubectl config view --flatten` writes");
        }
        if (!files.isEmpty()) {
            return Optional.of(files.get(0));
        }
        Path home = Path.of(environment.getOrDefault("HOME", "."), ".kube", "config");
        return Optional.of(home).filter(Files::isRegularFile);
    }

    private static Credentials in(Path file, @Nullable String wanted) {
        Config config;
        try {
            config = Serialization.unmarshal(Files.readString(file), Config.class);
        } catch (IOException e) {
            throw new ClusterUnavailable("the kubeconfig " + file + " cannot be read", e);
        } catch (RuntimeException e) {
            throw new ClusterUnavailable(file + " is not a kubeconfig", e);
        }
        List<String> contexts = config == null || config.getContexts() == null
                ? List.of()
                : config.getContexts().stream().map(NamedContext::getName).toList();
        if (config == null || contexts.isEmpty()) {
            throw new ClusterUnavailable(file + " is not a kubeconfig: no context is in it");
        }
        String context = wanted == null ? Objects.requireNonNullElse(config.getCurrentContext(), "") : wanted;
        if (!contexts.contains(context)) {
            throw new ClusterUnavailable((context.isEmpty() ? "no context is current" : "no context " + context)
                    + " in " + file + "; there are: " + String.join(", ", contexts));
        }
        Path folder = Objects.requireNonNullElse(file.getParent(), Path.of("/"));
        return new Credentials(
                new ConfigBuilder(config).withCurrentContext(context).build(), folder);
    }

    private static Config ofPod(String host, String port, Path account) {
        String address = host.contains(":") ? "[" + host + "]" : host;
        return new ConfigBuilder()
                .withApiVersion("v1")
                .withKind("Config")
                .addNewCluster()
                .withName(IN_CLUSTER)
                .withNewCluster()
                .withServer("https://" + address + ":" + port)
                .withCertificateAuthority(account.resolve("ca.crt").toString())
                .endCluster()
                .endCluster()
                .addNewUser()
                .withName(IN_CLUSTER)
                .withNewUser()
                .withTokenFile(account.resolve("token").toString())
                .endUser()
                .endUser()
                .addNewContext()
                .withName(IN_CLUSTER)
                .withNewContext()
                .withCluster(IN_CLUSTER)
                .withUser(IN_CLUSTER)
                .endContext()
                .endContext()
                .withCurrentContext(IN_CLUSTER)
                .build();
    }

    /** The context in force. */
    String context() {
        return config.getCurrentContext();
    }

    /** Writes them for the owner alone, so that another process can use them; what they point to is named in full. */
    void write(Path file) throws IOException {
        config.getClusters().stream()
                .filter(named -> named.getCluster() != null)
                .forEach(named -> absolute(named.getCluster()));
        if (config.getUsers() != null) {
            config.getUsers().stream()
                    .filter(named -> named.getUser() != null)
                    .forEach(named -> absolute(named.getUser()));
        }
        PrivateFile.write(file, Serialization.asYaml(config));
    }

    private void absolute(Cluster cluster) {
        cluster.setCertificateAuthority(absolute(cluster.getCertificateAuthority()));
    }

    private void absolute(AuthInfo user) {
        user.setClientCertificate(absolute(user.getClientCertificate()));
        user.setClientKey(absolute(user.getClientKey()));
        user.setTokenFile(absolute(user.getTokenFile()));
        if (user.getExec() != null && isRelativePath(user.getExec().getCommand())) {
            user.getExec().setCommand(absolute(user.getExec().getCommand()));
        }
    }

    /** A command without a slash is looked for on the PATH. */
    private static boolean isRelativePath(@Nullable String command) {
        return command != null && command.contains("/");
    }

    private @Nullable String absolute(@Nullable String path) {
        return path == null || path.isEmpty() ? path : base.resolve(path).toString();
    }
}
