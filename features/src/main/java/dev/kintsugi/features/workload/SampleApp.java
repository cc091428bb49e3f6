package dev.kintsugi.features.workload;

import dev.kintsugi.features.cluster.reach.Destination;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The built-in workload: the sample app in several replicas behind the Service {@code web}, which depends on {@code store}. */
public final class SampleApp {

    /** The Deployment and the Service of the web tier. */
    public static final String NAME = "web";

    /** The image that the manifest names. */
    public static final String IMAGE = "kintsugi/sample-app:0.1.0";

    /** What the web tier depends on. */
    public static final String DEPENDENCY = "store";

    /** The container port of every pod. */
    public static final int PORT = 8080;

    /** The container of every pod. */
    public static final String CONTAINER = "app";

    private static final String MANIFESTS = "sample-app.yaml";

    private final KubernetesClient client;
    private final String namespace;

    private SampleApp(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /**
     * How it is to be.
     *
     * @param replicas of the web tier
     * @param liveness whether the web tier has a liveness probe
     * @param image null for the one in the manifest
     */
    public record Options(
            int replicas, boolean liveness, @Nullable String image) {}

    /** Creates the workload in a namespace that exists; does not wait. */
    public static SampleApp deploy(KubernetesClient client, String namespace, Options options) {
        for (HasMetadata object : manifests(client)) {
            HasMetadata adapted = object instanceof Deployment deployment ? adapted(deployment, options) : object;
            client.resource(adapted).inNamespace(namespace).create();
        }
        return new SampleApp(client, namespace);
    }

    private static List<HasMetadata> manifests(KubernetesClient client) {
        try (InputStream in = SampleApp.class.getResourceAsStream(MANIFESTS)) {
            if (in == null) {
                throw new IllegalStateException(MANIFESTS + " is not in the jar");
            }
            return client.load(in).items();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isWeb(Deployment deployment) {
        return deployment.getMetadata().getName().equals(NAME);
    }

    private static Deployment adapted(Deployment deployment, Options options) {
        DeploymentBuilder builder = new DeploymentBuilder(deployment);
        if (options.image() != null) {
            builder.editSpec()
                    .editTemplate()
                    .editSpec()
                    .editFirstContainer()
                    .withImage(options.image())
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec();
        }
        if (!isWeb(deployment)) {
            return builder.build();
        }
        builder.editSpec().withReplicas(options.replicas()).endSpec();
        if (!options.liveness()) {
            builder.editSpec()
                    .editTemplate()
                    .editSpec()
                    .editFirstContainer()
                    .withLivenessProbe(null)
                    .endContainer()
                    .endSpec()
                    .endTemplate()
                    .endSpec();
        }
        return builder.build();
    }

    /** Whether every replica of both tiers is ready and available. */
    public boolean isWhole() {
        return client.apps().deployments().inNamespace(namespace).list().getItems().stream()
                .allMatch(deployment -> deployment.getStatus() != null
                        && deployment
                                .getSpec()
                                .getReplicas()
                                .equals(deployment.getStatus().getAvailableReplicas()));
    }

    /** For a person: how many replicas of each tier are there. */
    public String state() {
        return client.apps().deployments().inNamespace(namespace).list().getItems().stream()
                .map(deployment -> deployment.getMetadata().getName() + " "
                        + (deployment.getStatus() == null
                                        || deployment.getStatus().getAvailableReplicas() == null
                                ? 0
                                : deployment.getStatus().getAvailableReplicas())
                        + "/" + deployment.getSpec().getReplicas())
                .sorted()
                .toList()
                .toString();
    }

    /** What users call. */
    public Destination users() {
        Service service =
                client.services().inNamespace(namespace).withName(NAME).require();
        return Destination.service(
                namespace,
                NAME,
                service.getSpec().getClusterIP(),
                service.getSpec().getPorts().get(0).getPort());
    }

    /** One pod of it, past the Service. */
    public Destination pod(String name, String ip) {
        return Destination.pod(namespace, name, ip, PORT);
    }

    public String namespace() {
        return namespace;
    }

    /** What is broken, for a person. */
    public String target() {
        return "deployment/" + namespace + "/" + NAME;
    }

    /** The labels of the web tier's pods. */
    public Map<String, String> labels() {
        return Map.of("app", NAME);
    }

    /** Deletes the namespace and all that is in it; does not wait. */
    public void delete() {
        client.namespaces().withName(namespace).delete();
    }
}
