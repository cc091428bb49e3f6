package dev.kintsugi.features.cluster.embedded.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.Write;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Executes writes, each as exactly one request where possible, and gives the answers to the cache. Safe for any thread. */
final class Writer {

    private final KubernetesClient client;
    private final Kinds kinds;
    private final Cache cache;
    private final Events events;

    Writer(KubernetesClient client, Kinds kinds, Cache cache, Events events) {
        this.client = client;
        this.kinds = kinds;
        this.cache = cache;
        this.events = events;
    }

    /**
     * Executes one write.
     *
     * @throws KubernetesClientException if the API server refused it or cannot be reached
     */
    void execute(Write write) {
        if (write instanceof Write.Tell tell) {
            events.tell(tell);
        } else if (write instanceof Write.Create create) {
            create(create);
        } else if (write instanceof Write.Replace replace) {
            put(replace.object(), "");
        } else if (write instanceof Write.ReplaceStatus replace) {
            put(replace.object(), "/status");
        } else if (write instanceof Write.Delete delete) {
            delete(delete.object(), delete.propagation(), null);
        } else if (write instanceof Write.Remove remove) {
            delete(remove.pod(), Write.Propagation.DEFAULT, 0L);
        } else if (write instanceof Write.Collect collect) {
            collect(collect.object());
        } else if (write instanceof Write.Bind bind) {
            bind(bind.pod(), bind.node());
        } else if (write instanceof Write.Finalize end) {
            end(end.namespace());
        } else if (write instanceof Write.ClearEvents clear) {
            client.raw("/api/v1/namespaces/" + clear.namespace() + "/events", "DELETE", new DeleteOptions());
        }
    }

    private void create(Write.Create create) {
        HasMetadata object = create.object();
        HasMetadata created;
        try {
            created = parse(client.raw(path(object, false), "POST", object), object);
        } catch (KubernetesClientException e) {
            Write.Tell told = create.told();
            if (told != null && e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                events.tell(Write.Tell.warning(
                        told.about(), told.reporter(), "FailedCreate", "Error creating: " + e.getMessage()));
            }
            throw e;
        }
        cache.offer(created);
        Write.Tell told = create.told();
        if (told != null) {
            String message = told.message()
                    .replace(Write.Tell.CREATED, created.getMetadata().getName());
            events.tell(new Write.Tell(
                    told.about(), told.reporter(), told.warning(), told.reason(), message, told.action()));
        }
    }

    private void put(HasMetadata object, String subresource) {
        try {
            cache.offer(parse(client.raw(path(object, true) + subresource, "PUT", object), object));
        } catch (KubernetesClientException e) {
            throw unlessGone(object, e);
        }
    }

    private void delete(HasMetadata object, Write.Propagation propagation, @Nullable Long graceSeconds) {
        DeleteOptions options = new DeleteOptionsBuilder()
                .withApiVersion("v1")
                .withKind("DeleteOptions")
                .withPropagationPolicy(propagation == Write.Propagation.DEFAULT ? null : name(propagation))
                .withGracePeriodSeconds(graceSeconds)
                .withNewPreconditions(null, object.getMetadata().getUid())
                .build();
        try {
            String answer = client.raw(path(object, true), "DELETE", options);
            JsonNode json = client.getKubernetesSerialization().unmarshal(answer, JsonNode.class);
            if (json.path("kind").asText().equals("Status")) {
                cache.remove(object);
            } else {
                cache.offer(parse(answer, object));
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            cache.remove(object);
        }
    }

    private static String name(Write.Propagation propagation) {
        return propagation.name().charAt(0) + propagation.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private void collect(HasMetadata object) {
        for (OwnerReference owner : Owners.of(object)) {
            if (exists(object, owner)) {
                return;
            }
        }
        delete(object, Write.Propagation.BACKGROUND, null);
    }

    /** Whether the owner of an object exists, by asking for it; one of a kind that is not known may. */
    private boolean exists(HasMetadata object, OwnerReference reference) {
        ResourceKind kind = kinds.find(reference.getApiVersion(), reference.getKind());
        if (kind == null) {
            return true;
        }
        String answer = get(kind.path(object.getMetadata().getNamespace()) + "/" + reference.getName());
        if (answer == null) {
            return false;
        }
        HasMetadata owner = client.getKubernetesSerialization().unmarshal(answer, kind.model());
        return owner.getMetadata().getUid().equals(reference.getUid());
    }

    private @Nullable String get(String path) {
        try {
            return client.raw(path, "GET", null);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Since the answer to a binding does not say how the pod is now, the pod is read again. */
    private void bind(Pod pod, String node) {
        try {
            client.raw(
                    path(pod, true) + "/binding",
                    "POST",
                    new BindingBuilder()
                            .withNewMetadata()
                            .withName(pod.getMetadata().getName())
                            .withNamespace(pod.getMetadata().getNamespace())
                            .withUid(pod.getMetadata().getUid())
                            .endMetadata()
                            .withNewTarget()
                            .withApiVersion("v1")
                            .withKind("Node")
                            .withName(node)
                            .endTarget()
                            .build());
        } catch (KubernetesClientException e) {
            throw unlessGone(pod, e);
        }
        String bound = get(path(pod, true));
        if (bound != null) {
            cache.offer(parse(bound, pod));
        }
    }

    /** Since a namespace must not go before its contents, the server is asked once more whether there are any. */
    private void end(Namespace namespace) {
        String name = namespace.getMetadata().getName();
        for (ResourceKind kind : kinds.all()) {
            if (kind.namespaced() && !isEmpty(kind.path(name))) {
                return;
            }
        }
        put(new NamespaceBuilder(namespace).withNewSpec().endSpec().build(), "/finalize");
    }

    private boolean isEmpty(String path) {
        String answer = get(path + "?limit=1");
        return answer == null
                || client.getKubernetesSerialization()
                        .unmarshal(answer, JsonNode.class)
                        .path("items")
                        .isEmpty();
    }

    private KubernetesClientException unlessGone(HasMetadata object, KubernetesClientException e) {
        if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
            cache.remove(object);
        }
        return e;
    }

    private HasMetadata parse(String answer, HasMetadata like) {
        return client.getKubernetesSerialization().unmarshal(answer, like.getClass());
    }

    private String path(HasMetadata object, boolean withName) {
        ResourceKind kind = kinds.find(object.getApiVersion(), object.getKind());
        if (kind == null) {
            throw new IllegalStateException(
                    "the API server serves no " + object.getKind() + " of " + object.getApiVersion());
        }
        String path = kind.path(object.getMetadata().getNamespace());
        return withName ? path + "/" + object.getMetadata().getName() : path;
    }
}
