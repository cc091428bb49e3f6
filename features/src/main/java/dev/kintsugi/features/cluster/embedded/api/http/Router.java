package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.access.Attributes;
import dev.kintsugi.features.cluster.embedded.api.access.Authorizer;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.resource.Catalog;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.spi.NodeStats;
import dev.kintsugi.features.cluster.embedded.api.view.Discovery;
import dev.kintsugi.features.cluster.embedded.api.view.OpenApi;
import dev.kintsugi.features.cluster.embedded.api.view.OpenApi2;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/** Requests by path: health, version, discovery, and the objects. */
final class Router {

    private static final Set<String> HEALTH = Set.of("/livez", "/readyz", "/healthz", "/version");

    /** What of {@code nodes/proxy} there is: the kubelet's Summary. */
    private static final List<String> SUMMARY = List.of("proxy", "stats", "summary");

    private static final String NOT_FOUND = "404 page not found\n";

    private final Catalog catalog;
    private final Discovery discovery;
    private final OpenApi openApi;
    private final Handler handler;
    private final Authorizer authorizer;
    private final Supplier<NodeStats> stats;
    private final ProxyRequests proxies;

    Router(Catalog catalog, Handler handler, Authorizer authorizer, Supplier<NodeStats> stats, ProxyRequests proxies) {
        this.catalog = catalog;
        this.authorizer = authorizer;
        this.stats = stats;
        this.discovery = new Discovery(catalog);
        this.openApi = new OpenApi(catalog);
        this.handler = handler;
        this.proxies = proxies;
    }

    /** @param address where the server listens, for the discovery document that says so */
    Answer route(Call call, String address) {
        String path = call.path();
        if (!path.startsWith("/")) {
            throw ApiException.badRequest("a path begins with a slash: " + path);
        }
        List<String> segments = Route.segments(path);
        if (segments.isEmpty()) {
            return reading(call, Answer.json(200, paths()));
        }
        return switch (segments.get(0)) {
            case "livez", "readyz", "healthz" -> reading(call, health(call, segments.get(0)));
            case "version" -> reading(call, Answer.json(200, Discovery.version()));
            case "api" -> core(call, segments, address);
            case "apis" -> grouped(call, segments);
            case "openapi" -> openApi(call, segments);
            default -> Answer.text(404, NOT_FOUND);
        };
    }

    /** What is checked here is that it answers and that its store does. */
    private static Answer health(Call call, String check) {
        boolean verbose = call.query().containsKey("verbose");
        return Answer.text(200, verbose ? "[+]ping ok\n[+]log ok\n[+]etcd ok\n" + check + " check passed\n" : "ok");
    }

    private Answer core(Call call, List<String> segments, String address) {
        if (segments.size() == 1) {
            return discovery(call, true, address);
        }
        if (!segments.get(1).equals("v1")) {
            throw ApiException.unknownPath();
        }
        if (segments.size() == 2) {
            return reading(call, Answer.json(200, discovery.resources("", "v1")));
        }
        if (segments.size() == 7
                && segments.get(2).equals("nodes")
                && segments.subList(4, 7).equals(SUMMARY)) {
            Attributes asked = Attributes.resource("get", "", "nodes", "proxy", "", segments.get(3));
            return reading(
                    call,
                    asked,
                    stats.get()
                            .summary(segments.get(3))
                            .<Answer>map(summary -> Answer.json(200, summary))
                            .orElseGet(() -> Answer.text(404, NOT_FOUND)));
        }
        if (ProxyRequests.matches(segments)) {
            String verb =
                    switch (call.method()) {
                        case "POST" -> "create";
                        case "PUT" -> "update";
                        case "PATCH" -> "patch";
                        case "DELETE" -> "delete";
                        default -> "get";
                    };
            authorizer.require(
                    call.user(),
                    Attributes.resource(verb, "", segments.get(4), "proxy", segments.get(3), segments.get(5)));
            return proxies.parse(segments, call);
        }
        return handler.handle(Route.of(catalog, "", "v1", segments.subList(2, segments.size())), call);
    }

    private Answer grouped(Call call, List<String> segments) {
        if (segments.size() == 1) {
            return discovery(call, false, "");
        }
        String group = segments.get(1);
        List<String> versions = catalog.groups().get(group);
        if (versions == null) {
            return Answer.text(404, NOT_FOUND);
        }
        if (segments.size() == 2) {
            return reading(call, Answer.json(200, discovery.group(group)));
        }
        String version = segments.get(2);
        boolean known = versions.contains(version);
        if (segments.size() == 3 && known) {
            return reading(call, Answer.json(200, discovery.resources(group, version)));
        }
        // Custom resources are served by another server within the real one, which says 404 in its own way.
        String plural = segments.size() < 4 ? "" : pluralIn(segments);
        if (isCustom(group, versions) && catalog.find(group, version, plural) == null) {
            return Answer.text(404, NOT_FOUND);
        }
        if (!known) {
            throw ApiException.unknownPath();
        }
        return handler.handle(Route.of(catalog, group, version, segments.subList(3, segments.size())), call);
    }

    /** {@code /apis/G/V/PLURAL/…} or {@code /apis/G/V/namespaces/NS/PLURAL/…}. */
    private static String pluralIn(List<String> segments) {
        boolean inNamespace = segments.get(3).equals("namespaces") && segments.size() > 5;
        return segments.get(inNamespace ? 5 : 3);
    }

    private Answer openApi2(Call call) {
        if (call.accept().contains(OpenApi2.PROTOBUF_REQUESTED)) {
            Buffer document = Buffer.buffer(OpenApi2.protobuf());
            return new Answer.Full(200, OpenApi2.PROTOBUF, document, List.of(), List.of());
        }
        return Answer.json(200, OpenApi2.json());
    }

    private boolean isCustom(String group, List<String> versions) {
        return catalog.types(group, versions.get(0)).stream().allMatch(type -> type.has(ResourceType.Trait.CUSTOM));
    }

    private Answer openApi(Call call, List<String> segments) {
        if (segments.size() == 2 && segments.get(1).equals("v2")) {
            return reading(call, openApi2(call));
        }
        if (segments.size() == 2 && segments.get(1).equals("v3")) {
            Answer.Full index = Answer.json(200, openApi.index());
            return reading(call, new Answer.Full(200, Answer.TEXT_TYPE, index.body(), List.of(), List.of()));
        }
        boolean core = segments.size() == 4 && segments.get(2).equals("api");
        boolean grouped = segments.size() == 5 && segments.get(2).equals("apis");
        if (core || grouped) {
            String document =
                    core ? openApi.document("", segments.get(3)) : openApi.document(segments.get(3), segments.get(4));
            if (document != null) {
                return reading(
                        call, new Answer.Full(200, Answer.JSON_TYPE, Buffer.buffer(document), List.of(), List.of()));
            }
        }
        return Answer.text(404, NOT_FOUND);
    }

    private Answer discovery(Call call, boolean core, String address) {
        Accept accept = Accept.forDiscovery(call.accept());
        if (accept == null) {
            throw ApiException.of(
                    406,
                    "NotAcceptable",
                    "only the following media types are accepted: application/json, application/yaml");
        }
        if (accept == Accept.DISCOVERY) {
            Answer.Full full = Answer.json(200, discovery.aggregated(core));
            String type = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
            List<String> headers = List.of("Vary", "Accept");
            return reading(call, new Answer.Full(200, type, full.body(), List.of(), headers));
        }
        return reading(call, Answer.json(200, core ? discovery.coreVersions(address) : discovery.groups()));
    }

    private ObjectNode paths() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        ArrayNode paths = document.putArray("paths").add("/api").add("/api/v1").add("/apis");
        catalog.groups().forEach((group, versions) -> {
            paths.add("/apis/" + group);
            versions.forEach(version -> paths.add("/apis/" + group + "/" + version));
        });
        HEALTH.stream().sorted().forEach(paths::add);
        return document;
    }

    private Answer reading(Call call, Answer answer) {
        return reading(call, Attributes.path(call.method().toLowerCase(Locale.ROOT), call.path()), answer);
    }

    private Answer reading(Call call, Attributes asked, Answer answer) {
        authorizer.require(call.user(), asked);
        if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
            throw ApiException.methodNotAllowed();
        }
        return answer;
    }
}
