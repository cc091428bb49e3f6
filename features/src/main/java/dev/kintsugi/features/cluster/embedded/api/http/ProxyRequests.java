package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Requests for {@code services/NAME/proxy} and {@code pods/NAME/proxy}, with the texts of the real server. A Service's request
 * goes to one of its ready addresses, chosen at random for each, as the real server does it; a pod's goes to the pod's.
 *
 * <p>NAME is {@code [http:]NAME[:PORT]}; a Service's port may be a name, and may be left out when there is but one.
 */
final class ProxyRequests {

    private static final int KIND = 4;
    private static final int NAME = 5;
    private static final int SUBRESOURCE = 6;
    private static final String PROXY = "/proxy";
    private static final int UNAVAILABLE = 503;

    private record Named(String name, String port) {}

    private final Registry registry;

    ProxyRequests(Registry registry) {
        this.registry = registry;
    }

    /** Whether the path is {@code /api/v1/namespaces/NS/(services|pods)/NAME/proxy…}. */
    static boolean matches(List<String> segments) {
        return segments.size() > SUBRESOURCE
                && segments.get(2).equals("namespaces")
                && (segments.get(KIND).equals("services") || segments.get(KIND).equals("pods"))
                && segments.get(SUBRESOURCE).equals("proxy");
    }

    Answer parse(List<String> segments, Call call) {
        String namespace = segments.get(3);
        Named named = named(segments.get(NAME));
        String path = call.path();
        int end = path.indexOf(PROXY, path.indexOf("/" + segments.get(KIND) + "/")) + PROXY.length();
        String rest = end == path.length() ? "/" : path.substring(end);
        return segments.get(KIND).equals("pods")
                ? pod(namespace, named, rest, call)
                : service(namespace, named, rest, call);
    }

    private static Named named(String segment) {
        String[] parts = segment.split(":", -1);
        boolean schemed = parts.length == 3 || (parts.length == 2 && parts[0].equals("http"));
        if (parts.length > 3 || (parts.length == 3 && !parts[0].isEmpty() && !parts[0].equals("http"))) {
            throw ApiException.badRequest("invalid proxy request \"" + segment + "\"");
        }
        int name = schemed ? 1 : 0;
        return new Named(parts[name], parts.length > name + 1 ? parts[name + 1] : "");
    }

    private Answer pod(String namespace, Named named, String path, Call call) {
        ObjectNode pod = object("pods", namespace, named.name());
        String ip = pod.path("status").path("podIP").asText("");
        if (ip.isEmpty()) {
            throw ApiException.badRequest("address not allowed");
        }
        JsonNode first =
                pod.path("spec").path("containers").path(0).path("ports").path(0);
        int port = named.port().isEmpty() ? first.path("containerPort").asInt(80) : number(named.port());
        return new Answer.Proxying(ip, port, path, call.body());
    }

    private Answer service(String namespace, Named named, String path, Call call) {
        ObjectNode service = object("services", namespace, named.name());
        String portName = portName(service, named);
        List<Answer.Proxying> ready = new ArrayList<>();
        for (JsonNode subset : endpoints(namespace, named).path("subsets")) {
            for (JsonNode port : subset.path("ports")) {
                if (port.path("name").asText("").equals(portName)) {
                    subset.path("addresses")
                            .forEach(address -> ready.add(new Answer.Proxying(
                                    address.path("ip").asText(),
                                    port.path("port").asInt(),
                                    path,
                                    call.body())));
                }
            }
        }
        if (ready.isEmpty()) {
            throw unavailable("no endpoints available for service \"" + named.name() + "\"");
        }
        return ready.get(ThreadLocalRandom.current().nextInt(ready.size()));
    }

    /** The name of the Service's port, by which the endpoints know it; it may be empty. */
    private static String portName(ObjectNode service, Named named) {
        JsonNode ports = service.path("spec").path("ports");
        if (named.port().isEmpty() && ports.size() == 1) {
            return ports.path(0).path("name").asText("");
        }
        for (JsonNode port : ports) {
            String name = port.path("name").asText("");
            if (name.equals(named.port()) || port.path("port").asText().equals(named.port())) {
                return name;
            }
        }
        throw unavailable("no service port \"" + named.port() + "\" found for service \"" + named.name() + "\"");
    }

    private ObjectNode endpoints(String namespace, Named named) {
        try {
            return object("endpoints", namespace, named.name());
        } catch (ApiException e) {
            throw unavailable("no endpoints available for service \"" + named.name() + "\"");
        }
    }

    private ObjectNode object(String plural, String namespace, String name) {
        ResourceType type =
                Objects.requireNonNull(registry.catalog().find("", "v1", plural), "no built-in kind " + plural);
        return registry.get(type, namespace, name).object();
    }

    private static int number(String port) {
        try {
            int number = Integer.parseInt(port);
            if (number > 0 && number <= 65_535) {
                return number;
            }
        } catch (NumberFormatException e) {
            // A pod's port is a number; what else stands there is refused below.
        }
        throw ApiException.badRequest("invalid port \"" + port + "\"");
    }

    static ApiException unavailable(String message) {
        return ApiException.of(UNAVAILABLE, "ServiceUnavailable", message);
    }
}
