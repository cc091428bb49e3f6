package dev.kintsugi.features.cluster.embedded.api;

import dev.kintsugi.features.cluster.embedded.api.access.Attributes;
import dev.kintsugi.features.cluster.embedded.api.access.Authorizer;
import dev.kintsugi.features.cluster.embedded.api.access.User;
import dev.kintsugi.features.cluster.embedded.api.http.HttpFront;
import dev.kintsugi.features.cluster.embedded.api.resource.Catalog;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import dev.kintsugi.features.cluster.embedded.api.spi.NodeStats;
import dev.kintsugi.features.cluster.embedded.api.spi.PodLogs;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * An API server that speaks Kubernetes 1.28 over plain HTTP on loopback, with all its objects in memory. It has a
 * registry, but no controllers: nothing happens to an object unless a client writes it.
 */
public final class ApiServer implements AutoCloseable {

    private static final PodLogs NO_LOGS = (request, out) -> {
        throw new PodLogs.NotAvailable("no node of this cluster keeps logs");
    };

    private final Registry registry;
    private final HttpFront front;
    private final String token;
    private volatile PodLogs logs = NO_LOGS;
    private volatile NodeStats stats = node -> Optional.empty();

    private ApiServer(ServerOptions options) {
        Store store = new Store(options.historySize());
        this.registry = new Registry(
                store, new Catalog(), options.seed(), options.serviceCidr(), options.clock(), options.admissions());
        this.token = options.token();
        new Bootstrap(registry).run();
        store.compact(); // nobody can have seen the cluster before it had these
        this.front = HttpFront.listen(registry, options.clock(), options.port(), token, () -> logs, () -> stats);
    }

    /**
     * Starts a server; it answers when this returns.
     *
     * @throws IllegalStateException if it cannot listen on the port
     */
    public static ApiServer start(ServerOptions options) {
        return new ApiServer(options);
    }

    /** Where it listens, e.g. {@code http://127.0.0.1:38123}. */
    public String url() {
        return "http://" + front.address();
    }

    /** The bearer token that every request needs. */
    public String token() {
        return token;
    }

    /** Says where container logs come from; until then there are none. */
    public void setPodLogs(PodLogs podLogs) {
        this.logs = podLogs;
    }

    /** Says what the containers of nodes use; until then there are none. */
    public void setNodeStats(NodeStats nodeStats) {
        this.stats = nodeStats;
    }

    /** Whether somebody may do something with a resource, which is what a SubjectAccessReview would say. */
    public boolean allows(Admission.Requester requester, String verb, String group, String resource, String namespace) {
        return new Authorizer(registry.store())
                .allows(
                        new User(requester.name(), "", requester.groups(), Map.of()),
                        Attributes.resource(verb, group, resource, "", namespace, ""));
    }

    /** Has one more say in every write from now on. */
    public void addAdmission(Admission admission) {
        registry.addAdmission(admission);
    }

    /**
     * The text of a kubeconfig file whose only context is this server, namespace {@code default}. The token stands in
     * it twice: as the user's token, and as the password in the server's address, since kubectl does not send tokens
     * over plain HTTP, but sends what the address holds.
     */
    public String kubeconfig() {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: kintsugi
                  cluster:
                    server: http://%s:%s@%s
                users:
                - name: kintsugi
                  user:
                    token: %s
                contexts:
                - name: kintsugi
                  context:
                    cluster: kintsugi
                    user: kintsugi
                    namespace: default
                current-context: kintsugi
                """.formatted(HttpFront.USER, token, front.address(), token);
    }

    /**
     * Writes the kubeconfig so that at no time anyone but the owner can read it and nobody sees half of it.
     *
     * @throws IOException if the file cannot be written; what was there before is then still there
     */
    public void writeKubeconfig(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Path directory = target.getParent();
        if (directory == null) {
            throw new IOException("not a file: " + file);
        }
        Path temporary = Files.createTempFile(
                directory,
                ".kubeconfig",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(temporary, kubeconfig());
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Ends all requests and watches and frees the port. */
    @Override
    public void close() {
        front.close();
    }
}
