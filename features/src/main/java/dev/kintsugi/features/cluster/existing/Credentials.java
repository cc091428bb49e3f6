package dev.kintsugi.features.cluster.existing;

import dev.kintsugi.features.cluster.PrivateFile;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
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

    private final AuthInfo user;

    /** @param config with one cluster, one context, and one user or none */
    private Credentials(Config config) {
        this.config = config;
        this.user = config.getUsers().stream()
                .map(NamedAuthInfo::getUser)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(AuthInfo::new);
    }

    /**
     * Finds them.
     *
     * @param file what the user named, if anything
     * @param context what the user named, if anything; else the file's current one
     * @param environment {@code KUBECONFIG}, {@code HOME}, {@code KUBERNETES_SERVICE_HOST} and the like
     * @param account where a pod's account is
     * @throws UnknownContext when the one that the user named is not there
     * @throws ClusterUnavailable when there is none
     */
    static Credentials find(
            @Nullable Path file, @Nullable String context, Map<String, String> environment, Path account) {
        List<Path> files = file == null ? usual(environment) : List.of(file);
        if (!files.isEmpty()) {
            return in(files, context);
        }
        String host = environment.get("KUBERNETES_SERVICE_HOST");
        if (host != null && Files.exists(account.resolve("token"))) {
            if (context != null) {
                throw new UnknownContext("no context " + context + ": there is no kubeconfig, only this pod's account");
            }
            String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
            return new Credentials(ofPod(host, port, account));
        }
        throw new ClusterUnavailable(
                "no cluster is configured: there is no ~/.kube/config, $KUBECONFIG is not set, and this"
                        + " is no pod; name a file by --kubeconfig");
    }

    /** The files that kubectl would read: those of {@code $KUBECONFIG} that exist, else the one at home if it exists. */
    private static List<Path> usual(Map<String, String> environment) {
        String listed = environment.getOrDefault("KUBECONFIG", "");
        if (!listed.isBlank()) {
            List<Path> there = Stream.of(listed.split(File.pathSeparator))
                    .filter(name -> !name.isBlank())
                    .map(Path::of)
                    .filter(Files::exists)
                    .toList();
            if (there.isEmpty()) {
                throw new ClusterUnavailable("$KUBECONFIG is " + listed + ", and there is no such file");
            }
            return there;
        }
        Path home = Path.of(environment.getOrDefault("HOME", "."), ".kube", "config");
        return Stream.of(home).filter(Files::isRegularFile).toList();
    }

    /**
     * Of several files each cluster, user and context is taken from the first that has it, as kubectl does.
     *
     * @see <a href="https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files">Merging
     *     kubeconfig files</a>
     */
    private static Credentials in(List<Path> files, @Nullable String wanted) {
        Map<String, NamedCluster> clusters = new LinkedHashMap<>();
        Map<String, NamedAuthInfo> users = new LinkedHashMap<>();
        Map<String, NamedContext> contexts = new LinkedHashMap<>();
        String current = "";
        for (Path file : files) {
            Config config = read(file.toAbsolutePath());
            config.getClusters().forEach(cluster -> clusters.putIfAbsent(cluster.getName(), cluster));
            config.getUsers().forEach(user -> users.putIfAbsent(user.getName(), user));
            config.getContexts().forEach(context -> contexts.putIfAbsent(context.getName(), context));
            if (current.isEmpty()) {
                current = Objects.requireNonNullElse(config.getCurrentContext(), "");
            }
        }
        String where = files.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        if (contexts.isEmpty()) {
            throw new ClusterUnavailable(where + " is not a kubeconfig: no context is in it");
        }
        String there = " in " + where + "; there are: " + String.join(", ", contexts.keySet());
        if (wanted != null && !contexts.containsKey(wanted)) {
            throw new UnknownContext("no context " + wanted + there);
        }
        String context = wanted == null ? current : wanted;
        if (!contexts.containsKey(context)) {
            throw new ClusterUnavailable((context.isEmpty() ? "no context is current" : "no context " + context) + there
                    + "; name one by --cluster context:NAME");
        }
        NamedContext chosen = contexts.get(context);
        if (chosen.getContext() == null
                || !clusters.containsKey(chosen.getContext().getCluster())) {
            throw new ClusterUnavailable("context " + context + " in " + where + " names a cluster that is not there");
        }
        NamedAuthInfo user = users.get(chosen.getContext().getUser());
        return new Credentials(new ConfigBuilder()
                .withApiVersion("v1")
                .withKind("Config")
                .withClusters(clusters.get(chosen.getContext().getCluster()))
                .withUsers(user == null ? List.of() : List.of(user))
                .withContexts(chosen)
                .withCurrentContext(context)
                .build());
    }

    /** With everything that the file points to named in full. */
    private static Config read(Path file) {
        Config config;
        try {
            config = Serialization.unmarshal(Files.readString(file), Config.class);
        } catch (IOException e) {
            throw new ClusterUnavailable("the kubeconfig " + file + " cannot be read", e);
        } catch (RuntimeException e) {
            throw new ClusterUnavailable(file + " is not a kubeconfig", e);
        }
        if (config == null) {
            throw new ClusterUnavailable(file + " is not a kubeconfig: it is empty");
        }
        Path base = Objects.requireNonNullElse(file.getParent(), Path.of("/"));
        config.getClusters().stream()
                .filter(named -> named.getCluster() != null)
                .forEach(named -> absolute(base, named.getCluster()));
        config.getUsers().stream()
                .filter(named -> named.getUser() != null)
                .forEach(named -> absolute(base, named.getUser()));
        return config;
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

    /** Where the token is read from, which may change; empty when it is not in a file of its own. */
    Optional<Path> tokenFile() {
        boolean has = user.getTokenFile() != null
                && !user.getTokenFile().isEmpty()
                && (user.getToken() == null || user.getToken().isEmpty());
        return has ? Optional.of(Path.of(user.getTokenFile())) : Optional.empty();
    }

    /** The command that gives credentials, if one does. */
    Optional<String> command() {
        return Optional.ofNullable(user.getExec()).map(ExecConfig::getCommand);
    }

    /** The proxy that the file names, if it does. */
    Optional<String> proxy() {
        return config.getClusters().stream()
                .map(NamedCluster::getCluster)
                .filter(Objects::nonNull)
                .map(Cluster::getProxyUrl)
                .filter(proxy -> proxy != null && !proxy.isEmpty())
                .findFirst();
    }

    /** The token in a file, as it is now. */
    static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the token in " + file + " cannot be read", e);
        }
    }

    /**
     * Writes them, and nothing of other contexts, for the owner alone, so that another process can use them. A token stands there itself,
     * since the Kubernetes client does not look into files for it.
     *
     * @throws ClusterUnavailable when a file that they name is not there
     */
    void write(Path file) throws IOException {
        Stream.concat(
                        config.getClusters().stream()
                                .map(NamedCluster::getCluster)
                                .filter(Objects::nonNull)
                                .map(Cluster::getCertificateAuthority),
                        Stream.of(user.getClientCertificate(), user.getClientKey(), user.getTokenFile()))
                .filter(named -> named != null && !named.isEmpty() && !Files.isReadable(Path.of(named)))
                .findFirst()
                .ifPresent(missing -> {
                    throw new ClusterUnavailable(
                            "context " + context() + ": there is no file " + missing + ", which the kubeconfig names");
                });
        Config written = tokenFile()
                .map(token -> new ConfigBuilder(config)
                        .editFirstUser()
                        .editUser()
                        .withToken(token(token))
                        .withTokenFile(null)
                        .endUser()
                        .endUser()
                        .build())
                .orElse(config);
        PrivateFile.write(file, Serialization.asYaml(written));
    }

    private static void absolute(Path base, Cluster cluster) {
        cluster.setCertificateAuthority(absolute(base, cluster.getCertificateAuthority()));
    }

    private static void absolute(Path base, AuthInfo user) {
        user.setClientCertificate(absolute(base, user.getClientCertificate()));
        user.setClientKey(absolute(base, user.getClientKey()));
        user.setTokenFile(absolute(base, user.getTokenFile()));
        if (user.getExec() != null && isRelativePath(user.getExec().getCommand())) {
            user.getExec().setCommand(absolute(base, user.getExec().getCommand()));
        }
    }

    /** A command without a slash is looked for on the PATH. */
    private static boolean isRelativePath(@Nullable String command) {
        return command != null && command.contains("/");
    }

    private static @Nullable String absolute(Path base, @Nullable String path) {
        return path == null || path.isEmpty() ? path : base.resolve(path).toString();
    }
}
