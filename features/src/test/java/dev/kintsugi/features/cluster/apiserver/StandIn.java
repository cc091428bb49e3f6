package dev.kintsugi.features.cluster.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.kintsugi.features.cluster.embedded.api.ApiServer;
import dev.kintsugi.features.cluster.embedded.api.ServerOptions;
import dev.kintsugi.features.cluster.embedded.api.spi.Admission;
import dev.kintsugi.features.cluster.embedded.api.spi.NodeStats;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.zjsonpatch.JsonPatch;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Programs that stand in for etcd and kube-apiserver where those cannot be had. They take their flags, and the second one is, of what a
 * real API server does and the project's own does not: TLS with client certificates, no loopback address in an endpoint, calls of webhooks
 * and of kubelets.
 */
public final class StandIn {

    private static final ObjectMapper JSON = new ObjectMapper();

    private StandIn() {}

    /** Writes both programs into a folder. */
    public static Path programs(Path folder) throws IOException {
        Files.createDirectories(folder);
        program(folder.resolve("etcd"), Etcd.class);
        program(folder.resolve("kube-apiserver"), KubeApiServer.class);
        return folder;
    }

    private static void program(Path file, Class<?> main) throws IOException {
        script(
                file,
                "exec '" + System.getProperty("java.home") + "/bin/java' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '"
                        + System.getProperty("java.class.path") + "' '" + main.getName() + "' \"$@\"");
    }

    /** Writes a program that a shell runs. */
    public static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }

    private static Map<String, String> flags(String[] arguments) {
        Map<String, String> flags = new HashMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            flags.put(parts[0], parts.length == 2 ? parts[1] : "");
        }
        return flags;
    }

    private static String required(Map<String, String> flags, String name) {
        return Objects.requireNonNull(flags.get(name), name);
    }

    /** Says that it is healthy, and no more. */
    static final class Etcd {

        public static void main(String[] arguments) throws IOException {
            URI url = URI.create(required(flags(arguments), "--listen-client-urls"));
            HttpServer server = HttpServer.create(new InetSocketAddress(url.getHost(), url.getPort()), 10);
            server.createContext("/health", exchange -> {
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            server.start();
        }
    }

    /** The project's own API server, made strict. */
    static final class KubeApiServer {

        public static void main(String[] arguments) {
            Map<String, String> flags = flags(arguments);
            Webhooks webhooks = new Webhooks();
            ApiServer server = ApiServer.start(ServerOptions.withSeed(1)
                    .withServiceCidr(required(flags, "--service-cluster-ip-range"))
                    .withAdmissions(List.of(webhooks, new StrictAddresses())));
            server.setNodeStats(new Kubelets(new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(server.kubeconfig()))
                    .build()));
            TlsFront.listen(
                    new HttpServerOptions()
                            .setSsl(true)
                            .setKeyCertOptions(new PemKeyCertOptions()
                                    .setCertPath(required(flags, "--tls-cert-file"))
                                    .setKeyPath(required(flags, "--tls-private-key-file")))
                            .setClientAuth(ClientAuth.REQUEST)
                            .setTrustOptions(new PemTrustOptions().addCertPath(required(flags, "--client-ca-file"))),
                    Integer.parseInt(required(flags, "--secure-port")),
                    server.url(),
                    server.token(),
                    TlsFront::hasCertificate,
                    webhooks::configured);
        }
    }

    /** As {@code ValidateNonSpecialIP} has it. */
    private static final class StrictAddresses implements Admission {

        @Override
        public Decision review(Request request) {
            ObjectNode object = request.object();
            if (object == null) {
                return Decision.allow();
            }
            if (request.resource().equals("endpointslices")) {
                for (JsonNode endpoint : object.path("endpoints")) {
                    for (JsonNode address : endpoint.path("addresses")) {
                        if (address.asText().startsWith("127.")) {
                            return invalid(request, "endpoints[0].addresses[0]", address.asText());
                        }
                    }
                }
            }
            if (request.resource().equals("endpoints")) {
                for (JsonNode subset : object.path("subsets")) {
                    for (String list : List.of("addresses", "notReadyAddresses")) {
                        for (JsonNode address : subset.path(list)) {
                            if (address.path("ip").asText().startsWith("127.")) {
                                return invalid(
                                        request,
                                        "subsets[0]." + list + "[0].ip",
                                        address.path("ip").asText());
                            }
                        }
                    }
                }
            }
            return Decision.allow();
        }

        private static Decision invalid(Request request, String field, String address) {
            return new Denied(
                    "validation",
                    422,
                    "Invalid",
                    request.resource() + " \"" + request.name() + "\" is invalid: " + field + ": Invalid value: \""
                            + address + "\": may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
    }

    /** Asks kubelets at the address and port that their nodes name, with any certificate. */
    private record Kubelets(KubernetesClient client) implements NodeStats {

        @Override
        public Optional<JsonNode> summary(String name) {
            Node node = client.nodes().withName(name).get();
            if (node == null) {
                return Optional.empty();
            }
            String address = node.getStatus().getAddresses().stream()
                    .filter(each -> each.getType().equals("InternalIP"))
                    .findFirst()
                    .orElseThrow()
                    .getAddress();
            int port =
                    node.getStatus().getDaemonEndpoints().getKubeletEndpoint().getPort();
            return Optional.of(send(
                    new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false),
                    HttpMethod.GET,
                    "https://" + address + ":" + port + "/stats/summary",
                    ""));
        }
    }

    /** Calls the webhooks that were registered, mutating ones first, over TLS that their certificates must stand up to. */
    private static final class Webhooks implements Admission {

        private final Map<String, JsonNode> configurations = new ConcurrentHashMap<>();

        /** Takes a configuration in; what the server says to it. */
        String configured(String path, String body) {
            try {
                JsonNode configuration = JSON.readTree(body);
                configurations.put(configuration.path("kind").asText(), configuration);
                return body;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Decision review(Request request) {
            return ask("MutatingWebhookConfiguration", request, JSON.createObjectNode());
        }

        @Override
        public Decision validate(Request request, Requester requester) {
            ObjectNode user = JSON.createObjectNode().put("username", requester.name());
            requester.groups().forEach(user.putArray("groups")::add);
            return ask("ValidatingWebhookConfiguration", request, user);
        }

        private Decision ask(String kind, Request request, ObjectNode user) {
            ObjectNode object = request.object();
            if (object == null || !request.subresource().isEmpty()) {
                return Decision.allow();
            }
            ObjectNode current = object;
            for (JsonNode webhook :
                    configurations.getOrDefault(kind, JSON.createObjectNode()).path("webhooks")) {
                if (!matches(webhook, request)) {
                    continue;
                }
                JsonNode response = call(webhook, request, current, user).path("response");
                if (!response.path("allowed").asBoolean()) {
                    return Decision.deny(
                            webhook.path("name").asText(),
                            response.path("status").path("message").asText());
                }
                current = patched(current, response);
            }
            return current.equals(object) ? Decision.allow() : Decision.mutate(current);
        }

        private static boolean matches(JsonNode webhook, Request request) {
            JsonNode rule = webhook.path("rules").path(0);
            return rule.path("apiGroups").path(0).asText().equals(request.group())
                    && rule.path("resources").path(0).asText().equals(request.resource())
                    && rule.path("operations")
                            .toString()
                            .contains(request.operation().name());
        }

        private static ObjectNode patched(ObjectNode object, JsonNode response) {
            if (!response.has("patch")) {
                return object;
            }
            try {
                JsonNode patch = JSON.readTree(
                        Base64.getDecoder().decode(response.path("patch").asText()));
                return (ObjectNode) JsonPatch.apply(patch, object);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static JsonNode call(JsonNode webhook, Request request, ObjectNode object, ObjectNode user) {
            ObjectNode review = JSON.createObjectNode();
            review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
            ObjectNode asked = review.putObject("request");
            asked.put("uid", "705ab4f5-6393-11e8-b7cc-42010a800002")
                    .put("operation", request.operation().name())
                    .put("namespace", request.namespace())
                    .put("name", request.name())
                    .put("dryRun", request.dryRun())
                    .set("userInfo", user);
            asked.putObject("resource")
                    .put("group", request.group())
                    .put("version", request.version())
                    .put("resource", request.resource());
            asked.set("object", object);
            asked.set("oldObject", request.oldObject());
            JsonNode client = webhook.path("clientConfig");
            Buffer authority = Buffer.buffer(
                    Base64.getDecoder().decode(client.path("caBundle").asText()));
            return send(
                    new HttpClientOptions().setSsl(true).setTrustOptions(new PemTrustOptions().addCertValue(authority)),
                    HttpMethod.POST,
                    client.path("url").asText(),
                    review.toString());
        }
    }

    private static JsonNode send(HttpClientOptions options, HttpMethod method, String url, String body) {
        Vertx vertx = Vertx.vertx();
        try {
            Buffer answer = vertx.createHttpClient(options)
                    .request(new RequestOptions().setMethod(method).setAbsoluteURI(url))
                    .compose(request -> request.send(body))
                    .compose(response -> response.body())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return JSON.readTree(answer.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            vertx.close();
        }
    }
}
