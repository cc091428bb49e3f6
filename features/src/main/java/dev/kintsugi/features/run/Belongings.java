package dev.kintsugi.features.run;

import dev.kintsugi.features.cluster.ChaosMesh;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run makes in a cluster: namespaces, in which all else is. They carry labels, so that what a run left that was killed can
 * be found and deleted: {@code kubectl delete namespace -l app.kubernetes.io/managed-by=kintsugi}.
 */
final class Belongings {

    /** The label and value of every namespace that a run makes. */
    static final Map<String, String> MANAGED = Map.of("app.kubernetes.io/managed-by", "kintsugi");

    private static final Logger log = LoggerFactory.getLogger(Belongings.class);
    private static final String RUN = "kintsugi.dev/run";
    private static final String RECOVERIES = "/dev/kintsugi/healer/journal/recoveries.kintsugi.dev.yaml";
    private static final String HEALER_CONFIG = "self-healing-config";
    private static final Duration SERVED = Duration.ofSeconds(20);
    private static final String PROTECTED = "protected_namespaces";

    private final KubernetesClient client;
    private final String run;
    private final boolean shared;
    private final Set<String> names = new TreeSet<>();
    private final List<HasMetadata> installed = new ArrayList<>();
    private Set<String> recoveriesBefore = Set.of();
    private boolean left;

    /**
     * Nothing yet.
     *
     * @param run names the run in a label
     * @param shared whether others use the cluster, too
     */
    Belongings(KubernetesClient client, String run, boolean shared) {
        this.client = client;
        this.run = run;
        this.shared = shared;
    }

    /** Installs the custom resource that healers publish. One that is there in a shared cluster is left as it is. */
    void installRecoveries() {
        try (InputStream definition = Belongings.class.getResourceAsStream(RECOVERIES)) {
            if (definition == null) {
                throw new IllegalStateException(RECOVERIES + " is not on the class path");
            }
            for (HasMetadata object : client.load(definition).items()) {
                if (!shared || client.resource(object).get() == null) {
                    installed.add(client.resource(object).create());
                    awaitServed(object);
                } else {
                    recoveriesBefore = recoveries()
                            .map(recovery -> recovery.getMetadata().getUid())
                            .collect(Collectors.toUnmodifiableSet());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A real API server takes up to some seconds from the creation of a definition until it serves what is defined. */
    private void awaitServed(HasMetadata definition) {
        client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(definition.getMetadata().getName())
                .waitUntilCondition(
                        seen -> seen != null
                                && seen.getStatus() != null
                                && seen.getStatus().getConditions().stream()
                                        .anyMatch(
                                                condition -> condition.getType().equals("Established")
                                                        && condition.getStatus().equals("True")),
                        SERVED.toSeconds(),
                        TimeUnit.SECONDS);
    }

    /** A name that no namespace has: the one given, or with a number behind it. It is not given twice. */
    synchronized String free(String name) {
        String free = name;
        for (int number = 2; !names.add(free) || isTaken(free); number++) {
            free = name + "-" + number;
        }
        return free;
    }

    private boolean isTaken(String name) {
        return shared && client.namespaces().withName(name).get() != null;
    }

    /** Creates a namespace that {@link #free} has named. */
    synchronized void create(String name) {
        if (left) {
            throw new IllegalStateException("the run is ending: namespace " + name + " is not created");
        }
        Map<String, String> labels = new HashMap<>(MANAGED);
        labels.put(RUN, run);
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .addToAnnotations(ChaosMesh.INJECT_ANNOTATION, "enabled")
                        .endMetadata()
                        .build())
                .create();
    }

    /** Creates a namespace with the settings of a healer of the run's own. */
    String createForHealer(String name, Map<String, String> settings) {
        String namespace = free(name);
        create(namespace);
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(HEALER_CONFIG)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withData(guarded(settings))
                        .build())
                .create();
        return namespace;
    }

    /** Keeps the run's own healer away from namespaces that came since. */
    void guard(String healerNamespace, Map<String, String> settings) {
        if (shared) {
            client.configMaps()
                    .inNamespace(healerNamespace)
                    .withName(HEALER_CONFIG)
                    .edit(map -> new ConfigMapBuilder(map)
                            .withData(guarded(settings))
                            .build());
        }
    }

    /** In a shared cluster every namespace but the run's own is protected: what others run there is not ours to heal. */
    private Map<String, String> guarded(Map<String, String> settings) {
        if (!shared) {
            return settings;
        }
        Map<String, String> guarded = new HashMap<>(settings);
        guarded.put(
                PROTECTED,
                client.namespaces().list().getItems().stream()
                        .map(namespace -> namespace.getMetadata().getName())
                        .filter(name -> !isOurs(name))
                        .collect(Collectors.joining(",")));
        return Map.copyOf(guarded);
    }

    /**
     * Deletes what a healer of the run's own has noted, beside the run's namespaces, about workloads of others: it sees them,
     * too, though it leaves them alone.
     */
    void forgetRecoveries() {
        if (shared && installed.isEmpty()) {
            recoveries()
                    .filter(recovery ->
                            !recoveriesBefore.contains(recovery.getMetadata().getUid()))
                    .forEach(recovery -> client.resource(recovery).delete());
        }
    }

    private Stream<GenericKubernetesResource> recoveries() {
        return client
                .genericKubernetesResources("kintsugi.dev/v1alpha1", "Recovery")
                .inAnyNamespace()
                .list()
                .getItems()
                .stream();
    }

    /** Whether the run made this namespace, or means to. */
    synchronized boolean isOurs(String namespace) {
        return names.contains(namespace);
    }

    /** Whether something in a namespace is this run's to judge: in a shared cluster others change what they like. */
    boolean isOfInterest(String namespace) {
        return !shared || isOurs(namespace);
    }

    /**
     * Takes everything away that the run made in a shared cluster. Does nothing the second time.
     *
     * @param patience until when the namespaces must be gone
     * @return what is still there, a line each
     */
    List<String> leave(Duration patience) {
        synchronized (this) {
            if (left || !shared) {
                return List.of();
            }
            left = true;
        }
        try {
            namespaces().forEach(namespace -> client.resource(namespace).delete());
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(250))
                    .atMost(patience)
                    .until(() -> namespaces().isEmpty());
        } catch (ConditionTimeoutException e) {
            log.warn("namespaces of the run are still going away: {}", names(namespaces()));
        } catch (KubernetesClientException e) {
            log.warn("the run cannot be cleared away: {}", e.getMessage());
            return List.of("what the run made cannot be deleted: " + e.getMessage());
        }
        for (HasMetadata object : installed) {
            client.resource(object).delete();
        }
        return namespaces().stream()
                .map(namespace -> "namespace " + namespace.getMetadata().getName() + " is still going away")
                .toList();
    }

    private List<Namespace> namespaces() {
        return client.namespaces().withLabel(RUN, run).list().getItems();
    }

    private static List<String> names(List<Namespace> namespaces) {
        return namespaces.stream()
                .map(namespace -> namespace.getMetadata().getName())
                .toList();
    }
}
