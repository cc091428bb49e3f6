package dev.kintsugi.features.cluster.embedded.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kintsugi.features.cluster.embedded.control.service.EndpointSliceLoop;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop against recordings of Kubernetes 1.28: from the recorded pods it makes the recorded endpoints. */
class RecordedEndpointsTest {

    private final VirtualCluster cluster = new VirtualCluster(new EndpointSliceLoop());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01-deploy-3-replicas",
                "02a-pod-delete-graceful",
                "02b-pod-delete-grace-2-ignores-sigterm",
                "04a-container-killed",
                "09-readiness-fails-then-recovers"
            })
    void recordedPodsMakeTheRecordedEndpoints(String recording) throws IOException {
        cluster.put(new ServiceBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("test")
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", "web")
                .addNewPort()
                .withPort(80)
                .withNewTargetPort(8080)
                .endPort()
                .endSpec()
                .build());
        cluster.advance(Duration.ZERO);
        List<String> recorded = new ArrayList<>();
        for (String line : lines(recording)) {
            JsonNode event = new JsonMapper().readTree(line);
            if (event.path("kind").asText().equals("EndpointSlice")) {
                recorded.add(said(event));
            } else if (event.has("object")) {
                Pod pod = Serialization.unmarshal(event.path("object").toString(), Pod.class);
                if (event.path("type").asText().equals("DELETED")) {
                    cluster.remove(pod);
                } else {
                    cluster.put(pod);
                }
                cluster.advance(Duration.ZERO);
            }
        }

        List<String> made = cluster.changes().stream()
                .map(change -> change.after())
                .flatMap(after -> after instanceof EndpointSlice slice ? Stream.of(slice) : Stream.empty())
                .map(RecordedEndpointsTest::said)
                .toList();

        assertThat(recorded).hasSizeGreaterThan(2);
        assertThat(made).containsSubsequence(recorded).endsWith(recorded.get(recorded.size() - 1));
    }

    private static List<String> lines(String recording) throws IOException {
        try (InputStream in = RecordedEndpointsTest.class.getResourceAsStream(
                "/control-recordings/" + recording + ".endpoints.jsonl")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static String said(JsonNode event) {
        Stream<JsonNode> endpoints =
                StreamSupport.stream(event.path("endpoints").spliterator(), false);
        return endpoints
                        .map(one -> said(
                                one.path("name").asText(),
                                one.path("ready").asBoolean(),
                                one.path("serving").asBoolean(),
                                one.path("terminating").asBoolean()))
                        .sorted()
                        .collect(Collectors.joining())
                + event.path("ports");
    }

    private static String said(EndpointSlice slice) {
        List<Endpoint> endpoints = Objects.requireNonNullElse(slice.getEndpoints(), List.of());
        return endpoints.stream()
                        .map(one -> said(
                                one.getTargetRef().getName(),
                                one.getConditions().getReady(),
                                one.getConditions().getServing(),
                                one.getConditions().getTerminating()))
                        .sorted()
                        .collect(Collectors.joining())
                + slice.getPorts().stream()
                        .map(port -> port.getPort().toString())
                        .collect(Collectors.joining(",", "[", "]"));
    }

    private static String said(String name, boolean ready, boolean serving, boolean terminating) {
        return name + " ready=" + ready + " serving=" + serving + " terminating=" + terminating + "\n";
    }
}
