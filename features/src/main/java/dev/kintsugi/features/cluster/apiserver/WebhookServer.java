package dev.kintsugi.features.cluster.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.chaos.model.Kind;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperationsBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Chaos Mesh's admission webhooks on loopback, for an API server of this machine. */
final class WebhookServer implements AutoCloseable {

    private static final String MUTATE = "/mutate";
    private static final String VALIDATE = "/validate";
    private static final String JSON = "application/json";
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    /** More than an API server takes from a client itself. */
    private static final int LARGEST_BODY = 4 * 1024 * 1024;

    /** A kind that is looked after: its name in lower case, and in paths. */
    private record Looked(String kind, String plural) {}

    private static final List<Looked> LOOKED_AFTER = Stream.concat(
                    Stream.of(Kind.values())
                            .map(kind -> new Looked(kind.text().toLowerCase(Locale.ROOT), kind.plural())),
                    Stream.of(
                            new Looked("schedule", "schedules"),
                            new Looked("workflow", "workflows"),
                            new Looked("statuscheck", "statuschecks")))
            .toList();

    private final ObjectMapper json = new ObjectMapper();
    private final Vertx vertx;
    private final AdmissionReviews reviews;
    private final HttpServer server;

    private WebhookServer(Vertx vertx, Identity identity, Admission admission) {
        this.vertx = vertx;
        this.reviews = new AdmissionReviews(admission);
        this.server = vertx.createHttpServer(identity.server()).requestHandler(this::serve);
    }

    /** Listens on a free port. */
    static WebhookServer listen(Vertx vertx, Identity identity, Admission admission) {
        WebhookServer webhooks = new WebhookServer(vertx, identity, admission);
        webhooks.server
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return webhooks;
    }

    /** Where it listens. */
    String url() {
        return "https://127.0.0.1:" + server.actualPort();
    }

    /** Tells an API server to ask here about each write of Chaos Mesh's resources. */
    void register(KubernetesClient client, Identity identity) throws IOException {
        String authority = identity.base64();
        client.resource(new MutatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName("chaos-mesh-mutation")
                        .endMetadata()
                        .withWebhooks(LOOKED_AFTER.stream()
                                .map(kind -> mutating(kind, authority))
                                .toList())
                        .build())
                .create();
        client.resource(new ValidatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName("chaos-mesh-validation")
                        .endMetadata()
                        .withWebhooks(LOOKED_AFTER.stream()
                                .map(kind -> validating(kind, authority))
                                .toList())
                        .build())
                .create();
    }

    private MutatingWebhook mutating(Looked kind, String authority) {
        return new MutatingWebhookBuilder()
                .withName("m" + kind.kind() + ".kb.io")
                .withClientConfig(new WebhookClientConfig(authority, null, url() + MUTATE))
                .withRules(rule(kind))
                .withFailurePolicy("Fail")
                .withSideEffects("None")
                .withAdmissionReviewVersions("v1")
                .withTimeoutSeconds(10)
                .build();
    }

    private ValidatingWebhook validating(Looked kind, String authority) {
        return new ValidatingWebhookBuilder()
                .withName("v" + kind.kind() + ".kb.io")
                .withClientConfig(new WebhookClientConfig(authority, null, url() + VALIDATE))
                .withRules(rule(kind))
                .withFailurePolicy("Fail")
                .withSideEffects("None")
                .withAdmissionReviewVersions("v1")
                .withTimeoutSeconds(10)
                .build();
    }

    private static RuleWithOperations rule(Looked kind) {
        return new RuleWithOperationsBuilder()
                .withApiGroups("chaos-mesh.org")
                .withApiVersions("v1alpha1")
                .withOperations("CREATE", "UPDATE")
                .withResources(kind.plural())
                .build();
    }

    private void serve(HttpServerRequest request) {
        if (!request.path().equals(MUTATE) && !request.path().equals(VALIDATE)) {
            request.response().setStatusCode(NOT_FOUND).end();
            return;
        }
        String length = request.getHeader("Content-Length");
        if (length == null || !length.matches("\\d{1,9}") || Integer.parseInt(length) > LARGEST_BODY) {
            request.response().setStatusCode(BAD_REQUEST).end();
            return;
        }
        request.body()
                .compose(body -> vertx.executeBlocking(
                        () -> answer(request.path(), body.getBytes()).toString(), false))
                .onSuccess(answer ->
                        request.response().putHeader("Content-Type", JSON).end(answer))
                .onFailure(failure ->
                        request.response().setStatusCode(BAD_REQUEST).end(String.valueOf(failure.getMessage())));
    }

    private ObjectNode answer(String path, byte[] body) throws IOException {
        JsonNode review = json.readTree(body);
        return path.equals(MUTATE) ? reviews.mutate(review) : reviews.validate(review);
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
