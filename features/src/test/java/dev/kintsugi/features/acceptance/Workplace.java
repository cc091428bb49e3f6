package dev.kintsugi.features.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kintsugi.features.cluster.EmbeddedCluster;
import dev.kintsugi.features.cluster.embedded.Timings;
import dev.kintsugi.features.run.Installation;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An embedded cluster of two nodes with workloads on it. */
final class Workplace implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int PORT = 8080;

    /** The sample app with a readiness probe and without a liveness probe: a hung one is nobody's business but the healer's. */
    private static final String APP = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: %1$s
              annotations: {kintsugi.dev/depends-on: %1$s}
            spec:
              replicas: %2$d
              selector: {matchLabels: {app: %1$s}}
              template:
                metadata:
                  labels: {app: %1$s}
                spec:
                  terminationGracePeriodSeconds: 3
                  containers:
                    - name: app
                      image: kintsugi/sample-app:test
                      ports: [{name: http, containerPort: 8080}]
                      resources: {limits: {memory: 128Mi}}
                      readinessProbe:
                        httpGet: {path: /ready, port: http}
                        periodSeconds: 1
                        timeoutSeconds: 2
                        failureThreshold: 1
            """;

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata:
              name: %1$s
            spec:
              selector: {app: %2$s}
              ports: [{name: http, port: 80, targetPort: http}]
            """;

    private final EmbeddedCluster cluster;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    Workplace(Path folder, long seed) {
        Installation installation = Installation.current();
        cluster = EmbeddedCluster.start(new EmbeddedCluster.Options(
                2,
                Timings.quick(),
                seed,
                folder.resolve("kubeconfig"),
                folder,
                installation.sampleApp(),
                installation.classPath()));
    }

    @Override
    public void close() {
        cluster.close();
    }

    KubernetesClient client() {
        return cluster.client();
    }

    /** What faults are in force on the nodes. */
    List<String> inForce() {
        return cluster.residue();
    }

    /** Removes every workload; waits until no pod is left. */
    void clear() {
        client().apps().deployments().inAnyNamespace().delete();
        await("no pod").atMost(PATIENCE).until(() -> {
            List<Pod> left = client().pods().inAnyNamespace().list().getItems();
            left.forEach(pod -> client().resource(pod).withGracePeriod(0).delete());
            return left.isEmpty();
        });
    }

    String namespace(String name) {
        client().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    void apply(String namespace, String yaml) {
        client().resource(yaml).inNamespace(namespace).create();
    }

    void service(String namespace, String name, String app) {
        apply(namespace, SERVICE.formatted(name, app));
    }

    /** The sample app behind a Service of the same name, which is at once what it depends on; all of it ready. */
    List<Pod> app(String namespace, String name, int replicas) {
        service(namespace, name, name);
        apply(namespace, APP.formatted(name, replicas));
        return awaitReady(namespace, name, replicas);
    }

    List<Pod> pods(String namespace) {
        return client().pods().inNamespace(namespace).list().getItems();
    }

    List<Pod> pods(String namespace, String app) {
        return client().pods()
                .inNamespace(namespace)
                .withLabel("app", app)
                .list()
                .getItems();
    }

    /** Waits until an app has so many pods, all of them ready and behind its Service, and no others. */
    List<Pod> awaitReady(String namespace, String app, int replicas) {
        await(app + " ready").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(pods(namespace, app)).hasSize(replicas).allMatch(Workplace::ready);
            assertThat(client().apps()
                            .deployments()
                            .inNamespace(namespace)
                            .withName(app)
                            .get()
                            .getStatus()
                            .getAvailableReplicas())
                    .isEqualTo(replicas);
            assertThat(endpoints(namespace, app)).hasSize(replicas);
        });
        return pods(namespace, app);
    }

    private List<String> endpoints(String namespace, String service) {
        return client()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .withLabel("kubernetes.io/service-name", service)
                .list()
                .getItems()
                .stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(endpoint -> Boolean.TRUE.equals(endpoint.getConditions().getReady()))
                .flatMap(endpoint -> endpoint.getAddresses().stream())
                .toList();
    }

    static boolean ready(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    boolean exists(Pod pod) {
        return pods(pod.getMetadata().getNamespace()).stream().anyMatch(p -> uid(p).equals(uid(pod)));
    }

    Pod again(Pod pod) {
        return client().resource(pod).require();
    }

    ContainerStatus status(Pod pod) {
        return again(pod).getStatus().getContainerStatuses().get(0);
    }

    static String uid(HasMetadata object) {
        return object.getMetadata().getUid();
    }

    static String name(HasMetadata object) {
        return object.getMetadata().getName();
    }

    List<Event> events(String namespace, String reason) {
        return client().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> event.getReason().equals(reason))
                .toList();
    }

    /** Switches a fault of the sample app on. */
    void simulate(Pod pod, String fault) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(address(pod).resolve("/simulate/" + fault))
                .POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    HttpResponse<String> get(URI url) {
        return send(HttpRequest.newBuilder(url));
    }

    /** How long the pod takes to answer; empty when it does not within the limit. */
    Optional<Duration> answers(Pod pod, Duration limit) {
        HttpRequest request = HttpRequest.newBuilder(address(pod).resolve("/ready"))
                .timeout(limit)
                .build();
        long began = System.nanoTime();
        try {
            http.send(request, HttpResponse.BodyHandlers.discarding());
            return Optional.of(Duration.ofNanos(System.nanoTime() - began));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until a request to a Service is answered by that pod. */
    void awaitServedBy(String namespace, String service, String pod) {
        String ip = client().services()
                .inNamespace(namespace)
                .withName(service)
                .require()
                .getSpec()
                .getClusterIP();
        await(service + " at " + ip).atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                        send(HttpRequest.newBuilder(URI.create("http://" + ip + "/")))
                                .headers()
                                .firstValue("X-Served-By"))
                .hasValue(pod));
    }

    GenericKubernetesResource chaos(String namespace, String kind, String name) {
        return client().genericKubernetesResources("chaos-mesh.org/v1alpha1", kind)
                .inNamespace(namespace)
                .withName(name)
                .require();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static URI address(Pod pod) {
        return URI.create("http://" + pod.getStatus().getPodIP() + ":" + PORT + "/");
    }
}
