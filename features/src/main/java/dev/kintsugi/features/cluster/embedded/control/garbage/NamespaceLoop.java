package dev.kintsugi.features.cluster.embedded.control.garbage;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceStatus;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Gives every namespace its service account {@code default} and the certificate of the API server, and empties a namespace that is being deleted: all that is in it, of
 * whatever kind, is deleted; when nothing is left, the namespace goes.
 */
public final class NamespaceLoop implements Loop {

    private static final String ACCOUNT = "default";
    private static final String ROOT_CA = "kube-root-ca.crt";
    private static final Duration AGAIN = Duration.ofMillis(100);

    private final String rootCertificate;

    /**
     * A loop.
     *
     * @param rootCertificate by which clients know the API server, as PEM; empty if it serves plain HTTP
     */
    public NamespaceLoop(String rootCertificate) {
        this.rootCertificate = rootCertificate;
    }

    @Override
    public String name() {
        return "namespace";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Namespace.class, ServiceAccount.class, ConfigMap.class);
    }

    @Override
    public Stream<Key> affected(Change change, World world) {
        if (change.object() instanceof Namespace namespace) {
            return Stream.of(Key.of(namespace));
        }
        String namespace = change.object().getMetadata().getNamespace();
        if (namespace == null || namespace.isEmpty()) {
            return Stream.empty();
        }
        boolean lost = change.gone()
                && (change.before() instanceof ServiceAccount
                        || (change.before() instanceof ConfigMap map
                                && map.getMetadata().getName().equals(ROOT_CA)));
        return world.get(Namespace.class, "", namespace).stream()
                .filter(present -> lost || isDeleted(present))
                .map(Key::of);
    }

    private static boolean isDeleted(HasMetadata object) {
        return object.getMetadata().getDeletionTimestamp() != null;
    }

    @Override
    public Reaction look(Key key, World world, Instant now) {
        Namespace namespace = world.get(Namespace.class, key).orElse(null);
        if (namespace == null) {
            return Reaction.none();
        }
        if (!isDeleted(namespace)) {
            return Reaction.of(furniture(key.name(), world));
        }
        List<HasMetadata> contents = world.contents(key.name());
        if (contents.isEmpty()) {
            return new Reaction(List.of(new Write.ClearEvents(key.name()), new Write.Finalize(namespace)), AGAIN);
        }
        List<Write> writes = new ArrayList<>();
        contents.stream()
                .filter(object -> !isDeleted(object))
                .forEach(object -> writes.add(new Write.Delete(object, Write.Propagation.BACKGROUND)));
        NamespaceStatus status = DeletionConditions.of(namespace, contents, now);
        if (!status.equals(namespace.getStatus())) {
            writes.add(new Write.ReplaceStatus(
                    new NamespaceBuilder(namespace).withStatus(status).build()));
        }
        return Reaction.of(writes);
    }

    /** What every namespace has, as far as it lacks. */
    private List<Write> furniture(String namespace, World world) {
        List<Write> writes = new ArrayList<>();
        if (world.get(ServiceAccount.class, namespace, ACCOUNT).isEmpty()) {
            writes.add(new Write.Create(account(namespace), null));
        }
        if (world.get(ConfigMap.class, namespace, ROOT_CA).isEmpty()) {
            writes.add(new Write.Create(rootCa(namespace), null));
        }
        return writes;
    }

    private ConfigMap rootCa(String namespace) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(ROOT_CA)
                .withNamespace(namespace)
                .addToAnnotations(
                        "kubernetes.io/description",
                        "Contains a CA bundle that can be used to verify the"
                                + " kube-apiserver when using internal endpoints such as the internal service IP or"
                                + " kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes"
                                + " clusters.")
                .endMetadata()
                .addToData("ca.crt", rootCertificate)
                .build();
    }

    private static ServiceAccount account(String namespace) {
        return new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(ACCOUNT)
                .withNamespace(namespace)
                .endMetadata()
                .build();
    }
}
