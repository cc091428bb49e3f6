package dev.kintsugi.features.cluster.embedded.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.kubernetes.client.proto.IntStr.IntOrString;
import io.kubernetes.client.proto.Meta.LabelSelector;
import io.kubernetes.client.proto.Meta.ObjectMeta;
import io.kubernetes.client.proto.Meta.Time;
import io.kubernetes.client.proto.Resource.Quantity;
import io.kubernetes.client.proto.Runtime.TypeMeta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Authorization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies as Go's clients send them: Helm its releases, kubectl 1.32 what it creates and asks. */
class ProtobufTest {

    private ApiServer server;
    private Api api;

    @BeforeEach
    void start() {
        server = ApiServer.start(ServerOptions.withSeed(1));
        api = new Api(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void secretIsTheSameAsSentInJson() throws IOException {
        V1.Secret secret = V1.Secret.newBuilder()
                .setMetadata(ObjectMeta.newBuilder()
                        .setName("sh.helm.release.v1.web.v1")
                        .setNamespace("default")
                        .setGenerateName("")
                        .setResourceVersion("")
                        .setGeneration(0)
                        .setCreationTimestamp(Time.getDefaultInstance())
                        .putLabels("owner", "helm"))
                .putData("release", ByteString.copyFromUtf8("H4sIAAAA"))
                .setType("helm.sh/release.v1")
                .build();
        JsonNode stored = post("/api/v1/namespaces/default/secrets", "v1", "Secret", secret, 201);
        assertThat(stored.at("/data/release").asText()).isEqualTo("SDRzSUFBQUE=");
        assertThat(stored.path("type").asText()).isEqualTo("helm.sh/release.v1");
        assertThat(stored.at("/metadata/labels/owner").asText()).isEqualTo("helm");
        assertThat(stored.has("immutable")).isFalse();
    }

    @Test
    void zeroOfAPointerCountsAndThatOfAPlainFieldDoesNot() throws IOException {
        V1.Container container = V1.Container.newBuilder()
                .setName("c")
                .setImage("x:1")
                .setWorkingDir("")
                .setStdin(false)
                .addPorts(V1.ContainerPort.newBuilder().setContainerPort(80).setHostPort(0))
                .setResources(V1.ResourceRequirements.newBuilder()
                        .putLimits(
                                "cpu", Quantity.newBuilder().setString("500m").build()))
                .setReadinessProbe(V1.Probe.newBuilder()
                        .setHandler(V1.ProbeHandler.newBuilder()
                                .setHttpGet(V1.HTTPGetAction.newBuilder()
                                        .setPath("/ready")
                                        .setPort(IntOrString.newBuilder()
                                                .setType(1)
                                                .setStrVal("http")))))
                .build();
        V1Apps.Deployment deployment = V1Apps.Deployment.newBuilder()
                .setMetadata(ObjectMeta.newBuilder().setName("web"))
                .setSpec(V1Apps.DeploymentSpec.newBuilder()
                        .setReplicas(0)
                        .setMinReadySeconds(0)
                        .setSelector(LabelSelector.newBuilder().putMatchLabels("app", "web"))
                        .setTemplate(V1.PodTemplateSpec.newBuilder()
                                .setMetadata(ObjectMeta.newBuilder().putLabels("app", "web"))
                                .setSpec(V1.PodSpec.newBuilder()
                                        .addContainers(container)
                                        .addVolumes(V1.Volume.newBuilder()
                                                .setName("v")
                                                .setVolumeSource(V1.VolumeSource.newBuilder()
                                                        .setConfigMap(V1.ConfigMapVolumeSource.newBuilder()
                                                                .setLocalObjectReference(
                                                                        V1.LocalObjectReference.newBuilder()
                                                                                .setName("m"))))))))
                .build();
        JsonNode spec = post("/apis/apps/v1/namespaces/default/deployments", "apps/v1", "Deployment", deployment, 201)
                .path("spec");
        assertThat(spec.path("replicas").asInt(-1)).isZero();
        assertThat(spec.has("minReadySeconds")).isFalse();
        JsonNode pod = spec.at("/template/spec");
        assertThat(pod.at("/volumes/0/configMap/name").asText()).isEqualTo("m");
        assertThat(pod.at("/containers/0/readinessProbe/httpGet/port").asText()).isEqualTo("http");
        assertThat(pod.at("/containers/0/resources/limits/cpu").asText()).isEqualTo("500m");
        assertThat(pod.at("/containers/0/ports/0").has("hostPort")).isFalse();
        assertThat(pod.at("/containers/0").has("stdin")).isFalse();
    }

    @Test
    void reviewIsAnswered() throws IOException {
        V1Authorization.SelfSubjectAccessReview review = V1Authorization.SelfSubjectAccessReview.newBuilder()
                .setSpec(V1Authorization.SelfSubjectAccessReviewSpec.newBuilder()
                        .setResourceAttributes(V1Authorization.ResourceAttributes.newBuilder()
                                .setVerb("get")
                                .setResource("pods")))
                .build();
        JsonNode answer = post(
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "authorization.k8s.io/v1",
                "SelfSubjectAccessReview",
                review,
                201);
        assertThat(answer.at("/status/allowed").asBoolean()).isTrue();
    }

    @Test
    void kindWithoutPublishedMessageIsUnsupported() throws IOException {
        post(
                "/apis/coordination.k8s.io/v1/namespaces/default/leases",
                "coordination.k8s.io/v1",
                "Lease",
                ObjectMeta.getDefaultInstance(),
                415);
    }

    private JsonNode post(String path, String version, String kind, Message message, int code) throws IOException {
        Unknown wrapped = Unknown.newBuilder()
                .setTypeMeta(TypeMeta.newBuilder().setApiVersion(version).setKind(kind))
                .setRaw(message.toByteString())
                .build();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(new byte[] {'k', '8', 's', 0});
        wrapped.writeTo(body);
        HttpRequest request = api.request(path)
                .header("Content-Type", "application/vnd.kubernetes.protobuf")
                .header("Accept", "application/vnd.kubernetes.protobuf,application/json")
                .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
        HttpResponse<String> response = api.send(request);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(code);
        return Api.JSON.readTree(response.body());
    }
}
