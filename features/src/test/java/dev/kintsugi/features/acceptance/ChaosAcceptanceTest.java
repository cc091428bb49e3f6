package dev.kintsugi.features.acceptance;

import static dev.kintsugi.features.acceptance.Workplace.PATIENCE;
import static dev.kintsugi.features.acceptance.Workplace.name;
import static dev.kintsugi.features.acceptance.Workplace.uid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kintsugi.features.process.ProcessUsage;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chaos Mesh's experiments as its users write them, with nothing of Kintsugi's own but the cluster. */
final class ChaosAcceptanceTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DELAY = Duration.ofMillis(900);

    @SuppressWarnings("NullAway.Init") // before all
    private static Workplace work;

    @BeforeAll
    static void start(@TempDir Path folder) {
        work = new Workplace(folder, 12);
    }

    @AfterAll
    static void stop() {
        work.close();
    }

    @AfterEach
    void clear() {
        work.clear();
    }

    @Test
    void memoryStressIsAProcessOfThatSizeAsLongAsTheExperimentIsThere() {
        String namespace = work.namespace("stress");
        Pod pod = work.app(namespace, "web", 1).get(0);

        apply(namespace, "StressChaos", "fill", """
                mode: all
                selector: {labelSelectors: {app: web}}
                stressors: {memory: {workers: 1, size: 24MB}}
                """);

        JsonNode injected = awaitInjected(namespace, "StressChaos", "fill");
        assertThat(records(injected)).containsExactly(namespace + "/" + name(pod) + "/app Injected");
        assertThat(injected.at("/spec/selector/namespaces/0").asText()).isEqualTo(namespace);
        String stressor = work.inForce().stream().findFirst().orElseThrow();
        long pid = Long.parseLong(stressor.replaceAll("\\D", ""));
        await(stressor).atMost(PATIENCE).untilAsserted(() -> assertThat(ProcessUsage.residentBytes(pid))
                .isGreaterThan(22_000_000));

        delete(namespace, "StressChaos", "fill");

        assertThat(work.inForce()).isEmpty();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(work.status(pod).getRestartCount()).isZero();
        assertThat(reasons(namespace, "fill")).contains("FinalizerInited", "Started", "Applied", "Recovered");
    }

    @Test
    void memoryStressBeyondTheLimitGetsTheContainerKilled() {
        String namespace = work.namespace("oom");
        Pod pod = work.app(namespace, "web", 1).get(0);

        apply(namespace, "StressChaos", "burst", """
                mode: one
                selector: {labelSelectors: {app: web}}
                stressors: {memory: {workers: 1, size: 200MB}}
                """);

        await("killed for memory").atMost(PATIENCE).untilAsserted(() -> assertThat(
                        work.status(pod).getLastState().getTerminated())
                .isNotNull()
                .extracting(ContainerStateTerminated::getReason, ContainerStateTerminated::getExitCode)
                .containsExactly("OOMKilled", 137));
        work.awaitReady(namespace, "web", 1);
        assertThat(work.inForce())
                .as("a restarted container is not injected again")
                .isEmpty();
        delete(namespace, "StressChaos", "burst");
    }

    @Test
    void networkDelayIsFeltUntilTheExperimentIsDeleted() {
        String namespace = work.namespace("delay");
        Pod pod = work.app(namespace, "web", 1).get(0);
        apply(namespace, "NetworkChaos", "late", """
                action: delay
                mode: all
                selector: {labelSelectors: {app: web}}
                delay: {latency: %dms}
                """.formatted(DELAY.toMillis()));

        JsonNode injected = awaitInjected(namespace, "NetworkChaos", "late");
        assertThat(records(injected)).containsExactly(namespace + "/" + name(pod) + " Injected");
        assertThat(injected.at("/spec/direction").asText()).isEqualTo("to");
        assertThat(injected.at("/spec/delay/jitter").asText()).isEqualTo("0ms");
        assertThat(work.answers(pod, PATIENCE))
                .hasValueSatisfying(took -> assertThat(took).isGreaterThanOrEqualTo(DELAY));

        delete(namespace, "NetworkChaos", "late");

        assertThat(work.inForce()).isEmpty();
        await("an answer in time").atMost(PATIENCE).untilAsserted(() -> assertThat(work.answers(pod, PATIENCE))
                .hasValueSatisfying(took -> assertThat(took).isLessThan(DELAY)));
    }

    @Test
    void totalLossLetsNothingThroughAndEndsWithItsDuration() {
        String namespace = work.namespace("loss");
        Pod pod = work.app(namespace, "web", 1).get(0);

        apply(namespace, "NetworkChaos", "cut", """
                action: loss
                mode: all
                selector: {labelSelectors: {app: web}}
                loss: {loss: "100"}
                duration: 4s
                """);

        awaitInjected(namespace, "NetworkChaos", "cut");
        assertThat(work.answers(pod, Duration.ofMillis(500))).isEmpty();
        JsonNode over = await("the end of its duration")
                .atMost(PATIENCE)
                .until(
                        () -> tree(work.chaos(namespace, "NetworkChaos", "cut")),
                        chaos -> condition(chaos, "AllRecovered"));
        assertThat(over.at("/status/experiment/desiredPhase").asText()).isEqualTo("Stop");
        assertThat(records(over)).containsExactly(namespace + "/" + name(pod) + " Not Injected");
        assertThat(finalizers(over)).as("kept until deletion").containsExactly("chaos-mesh/records");
        await("an answer").atMost(PATIENCE).until(() -> work.answers(pod, Duration.ofSeconds(2)), Optional::isPresent);
        delete(namespace, "NetworkChaos", "cut");
        assertThat(reasons(namespace, "cut")).contains("TimeUp", "Recovered");
    }

    @Test
    void killedPodIsReplacedAndTheExperimentStaysInjected() {
        String namespace = work.namespace("kill");
        List<Pod> before = work.app(namespace, "web", 2);

        apply(namespace, "PodChaos", "kill", """
                action: pod-kill
                mode: one
                selector: {labelSelectors: {app: web}}
                """);

        JsonNode injected = awaitInjected(namespace, "PodChaos", "kill");
        assertThat(injected.at("/status/experiment/desiredPhase").asText()).isEqualTo("Run");
        String victim = injected.at("/status/experiment/containerRecords/0/id").asText();
        List<Pod> after = work.awaitReady(namespace, "web", 2);
        assertThat(before.stream().filter(pod -> after.stream().noneMatch(p -> uid(p).equals(uid(pod)))))
                .singleElement()
                .satisfies(pod -> assertThat(victim).isEqualTo(namespace + "/" + name(pod)));
        delete(namespace, "PodChaos", "kill");
        assertThat(work.awaitReady(namespace, "web", 2))
                .extracting(Workplace::uid)
                .containsExactlyInAnyOrderElementsOf(
                        after.stream().map(Workplace::uid).toList());
    }

    @Test
    void killedContainerIsRestartedInItsPod() {
        String namespace = work.namespace("container");
        Pod pod = work.app(namespace, "web", 1).get(0);

        apply(namespace, "PodChaos", "shot", """
                action: container-kill
                mode: all
                containerNames: [app]
                selector: {labelSelectors: {app: web}}
                """);

        awaitInjected(namespace, "PodChaos", "shot");
        await("restart").atMost(PATIENCE).untilAsserted(() -> assertThat(
                        work.status(pod).getLastState().getTerminated())
                .isNotNull()
                .extracting(ContainerStateTerminated::getExitCode)
                .isEqualTo(137));
        assertThat(work.awaitReady(namespace, "web", 1))
                .extracting(Workplace::uid)
                .containsExactly(uid(pod));
        delete(namespace, "PodChaos", "shot");
    }

    @Test
    void failedPodIsAsItWasOnceTheExperimentIsGone() {
        String namespace = work.namespace("failure");
        Pod pod = work.app(namespace, "web", 1).get(0);
        String image = pod.getSpec().getContainers().get(0).getImage();

        apply(namespace, "PodChaos", "failure", """
                action: pod-failure
                mode: all
                selector: {labelSelectors: {app: web}}
                """);

        awaitInjected(namespace, "PodChaos", "failure");
        assertThat(work.again(pod).getSpec().getContainers().get(0).getImage()).contains("pause");
        await("not ready").atMost(PATIENCE).until(() -> !Workplace.ready(work.again(pod)));

        delete(namespace, "PodChaos", "failure");

        assertThat(work.awaitReady(namespace, "web", 1))
                .extracting(Workplace::uid)
                .containsExactly(uid(pod));
        assertThat(work.again(pod).getSpec().getContainers().get(0).getImage()).isEqualTo(image);
    }

    @Test
    void invalidExperimentIsForbiddenInChaosMeshsWords() {
        String namespace = work.namespace("invalid");

        assertThatThrownBy(() -> apply(namespace, "NetworkChaos", "nonsense", """
                        action: loss
                        mode: all
                        selector: {labelSelectors: {app: web}}
                        loss: {loss: "much"}
                        """))
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                    assertThat(refused.getCode()).isEqualTo(403);
                    assertThat(refused.getStatus().getReason()).isEqualTo("Forbidden");
                    assertThat(refused.getStatus().getMessage())
                            .isEqualTo("admission webhook \"vnetworkchaos.kb.io\" denied the request: "
                                    + "Spec.TcParameter.Loss.Loss: Invalid value: \"much\": parse correlation field"
                                    + " error:strconv.ParseFloat: parsing \"much\": invalid syntax");
                });
    }

    @Test
    void experimentThatSelectsNobodySaysSoAndItsSpecCannotBeMended() {
        String namespace = work.namespace("nobody");

        apply(namespace, "PodChaos", "nobody", """
                action: pod-kill
                mode: all
                selector: {labelSelectors: {app: nobody}}
                """);

        await("warning")
                .atMost(PATIENCE)
                .until(() -> work.client().v1().events().inNamespace(namespace).list().getItems().stream()
                        .anyMatch(event -> event.getType().equals("Warning")));
        JsonNode chaos = tree(work.chaos(namespace, "PodChaos", "nobody"));
        assertThat(condition(chaos, "Selected")).isFalse();
        assertThat(condition(chaos, "AllInjected")).isFalse();
        assertThatThrownBy(() -> work.client()
                        .genericKubernetesResources("chaos-mesh.org/v1alpha1", "PodChaos")
                        .inNamespace(namespace)
                        .withName("nobody")
                        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"mode\": \"one\"}}"))
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                    assertThat(refused.getCode()).isEqualTo(403);
                    assertThat(refused.getStatus().getMessage()).contains("Cannot update chaos spec");
                });
        delete(namespace, "PodChaos", "nobody");
    }

    private static void apply(String namespace, String kind, String name, String spec) {
        work.apply(namespace, """
                apiVersion: chaos-mesh.org/v1alpha1
                kind: %s
                metadata: {name: %s}
                spec:
                """.formatted(kind, name) + spec.indent(2));
    }

    private static JsonNode awaitInjected(String namespace, String kind, String name) {
        JsonNode chaos = await(kind + " injected")
                .atMost(PATIENCE)
                .until(() -> tree(work.chaos(namespace, kind, name)), tree -> condition(tree, "AllInjected"));
        assertThat(condition(chaos, "Selected")).isTrue();
        assertThat(finalizers(chaos)).containsExactly("chaos-mesh/records");
        assertThat(chaos.at("/status/experiment/desiredPhase").asText()).isEqualTo("Run");
        return chaos;
    }

    /** Deletes it; it is gone only when its effect is. */
    private static void delete(String namespace, String kind, String name) {
        var experiments = work.client()
                .genericKubernetesResources("chaos-mesh.org/v1alpha1", kind)
                .inNamespace(namespace);
        experiments.withName(name).delete();
        await(name + " gone")
                .atMost(PATIENCE)
                .until(() -> experiments.withName(name).get() == null);
    }

    private static JsonNode tree(GenericKubernetesResource resource) {
        return JSON.valueToTree(resource);
    }

    private static boolean condition(JsonNode chaos, String type) {
        for (JsonNode condition : chaos.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private static List<String> records(JsonNode chaos) {
        return chaos.at("/status/experiment/containerRecords").findParents("selectorKey").stream()
                .map(record ->
                        record.path("id").asText() + " " + record.path("phase").asText())
                .toList();
    }

    private static List<String> finalizers(JsonNode chaos) {
        return JSON.convertValue(
                chaos.at("/metadata/finalizers"),
                JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    }

    private static List<String> reasons(String namespace, String experiment) {
        return work.client().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(experiment))
                .map(event -> event.getReason())
                .toList();
    }
}
