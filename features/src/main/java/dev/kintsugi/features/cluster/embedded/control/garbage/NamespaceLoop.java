package dev.kintsugi.features.cluster.embedded.control.garbage;

import dev.kintsugi.features.cluster.embedded.control.model.Change;
import dev.kintsugi.features.cluster.embedded.control.model.Key;
import dev.kintsugi.features.cluster.embedded.control.model.Loop;
import dev.kintsugi.features.cluster.embedded.control.model.Reaction;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Gives every namespace its service account {@code default}, and empties a namespace that is being deleted: all that is in it, of
 * whatever kind, is deleted; when nothing is left, the namespace goes.
 */
public final class NamespaceLoop implements Loop {

    private static final String ACCOUNT = "default";
    private static final Duration AGAIN = Duration.ofMillis(100);

    @Override
    public String name() {
        return "namespace";
    }

    @Override
    public Set<Class<? extends HasMetadata>> kinds() {
        return Set.of(Namespace.class, ServiceAccount.class);
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
        boolean accountLost = change.gone() && change.before() instanceof ServiceAccount;
        return world.get(Namespace.class, "", namespace).stream()
                .filter(present -> accountLost || isDeleted(present))
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
            return world.get(ServiceAccount.class, key.name(), ACCOUNT).isPresent()
                    ? Reaction.none()
                    : Reaction.of(new Write.Create(account(key.name()), null));
        }
        List<HasMetadata> contents = world.contents(key.name());
        if (contents.isEmpty()) {
            return new Reaction(List.of(new Write.ClearEvents(key.name()), new Write.Finalize(namespace)), AGAIN);
        }
        return Reaction.of(contents.stream()
                .filter(object -> !isDeleted(object))
                .<Write>map(object -> new Write.Delete(object, Write.Propagation.BACKGROUND))
                .toList());
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
