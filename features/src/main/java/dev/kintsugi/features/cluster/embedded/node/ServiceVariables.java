package dev.kintsugi.features.cluster.embedded.node;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The environment variables by which a container finds the Services of its namespace ({@code pkg/kubelet/envvars}): for a Service
 * {@code web} WEB_SERVICE_HOST, WEB_SERVICE_PORT, WEB_SERVICE_PORT_NAME for each named port, and the older WEB_PORT_80_TCP family.
 * Headless Services have none.
 */
final class ServiceVariables {

    private ServiceVariables() {}

    static Map<String, String> of(Collection<Service> services) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Service service : services) {
            String address = service.getSpec().getClusterIP();
            List<ServicePort> ports = service.getSpec().getPorts();
            if (address == null || address.isEmpty() || address.equals("None") || ports.isEmpty()) {
                continue;
            }
            String prefix = name(service.getMetadata().getName());
            variables.put(prefix + "_SERVICE_HOST", address);
            variables.put(prefix + "_SERVICE_PORT", ports.get(0).getPort().toString());
            for (ServicePort port : ports) {
                if (port.getName() != null && !port.getName().isEmpty()) {
                    variables.put(
                            prefix + "_SERVICE_PORT_" + name(port.getName()),
                            port.getPort().toString());
                }
            }
            for (ServicePort port : ports) {
                String protocol = port.getProtocol() == null ? "TCP" : port.getProtocol();
                String url = protocol.toLowerCase(Locale.ROOT) + "://" + address + ":" + port.getPort();
                String portPrefix = prefix + "_PORT_" + port.getPort() + "_" + protocol.toUpperCase(Locale.ROOT);
                variables.putIfAbsent(prefix + "_PORT", url);
                variables.put(portPrefix, url);
                variables.put(portPrefix + "_PROTO", protocol.toLowerCase(Locale.ROOT));
                variables.put(portPrefix + "_PORT", port.getPort().toString());
                variables.put(portPrefix + "_ADDR", address);
            }
        }
        return variables;
    }

    private static String name(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
