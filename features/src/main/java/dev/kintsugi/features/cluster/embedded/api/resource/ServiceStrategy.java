package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.child;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.eachObject;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Services: ports, and one cluster address each unless they are headless or only a name. */
final class ServiceStrategy implements Strategy {

    private static final Set<String> TYPES = Set.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
    private static final String EXTERNAL_NAME = "ExternalName";
    private static final String NONE = "None";

    @Override
    public void setDefaults(ObjectNode service) {
        ObjectNode spec = spec(service);
        setIfAbsent(spec, "sessionAffinity", NONE);
        setIfAbsent(spec, "type", "ClusterIP");
        if (text(spec, "sessionAffinity").equals("ClientIP")) {
            setIfAbsent(child(child(spec, "sessionAffinityConfig"), "clientIP"), "timeoutSeconds", 10_800);
        }
        eachObject(spec.path("ports"), port -> {
            setIfAbsent(port, "protocol", "TCP");
            if (!port.has("targetPort")
                    || port.path("targetPort").asText().isEmpty()
                    || port.path("targetPort").asText().equals("0")) {
                port.set("targetPort", port.path("port").deepCopy());
            }
        });
        if (!text(spec, "type").equals(EXTERNAL_NAME)) {
            setIfAbsent(spec, "internalTrafficPolicy", "Cluster");
        }
    }

    /** As the allocator does it, so that nobody owns these. */
    private static void setFamilies(ObjectNode spec) {
        if (!text(spec, "type").equals(EXTERNAL_NAME)) {
            if (!spec.has("ipFamilies")) {
                spec.putArray("ipFamilies").add("IPv4");
            }
            setIfAbsent(spec, "ipFamilyPolicy", "SingleStack");
        }
    }

    @Override
    public void prepareCreate(ObjectNode service) {
        setFamilies(spec(service));
        service.putObject("status").putObject("loadBalancer");
    }

    @Override
    public void prepareUpdate(ObjectNode service, ObjectNode old) {
        ObjectNode spec = spec(service);
        setFamilies(spec);
        JsonNode before = old.path("spec");
        boolean wasAndIsAddressed = !text(spec, "type").equals(EXTERNAL_NAME) && before.has("clusterIP");
        if (wasAndIsAddressed && text(spec, "clusterIP").isEmpty()) {
            Fields.setOrRemove(spec, "clusterIP", before.get("clusterIP"));
            Fields.setOrRemove(spec, "clusterIPs", before.get("clusterIPs"));
        }
    }

    @Override
    public void validate(ObjectNode service, List<Cause> causes) {
        JsonNode spec = service.path("spec");
        String type = text(spec, "type");
        if (!TYPES.contains(type)) {
            causes.add(Cause.unsupported(
                    "spec.type", quoted(type), "\"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\""));
        }
        String clusterIp = text(spec, "clusterIP");
        boolean headless = clusterIp.equals(NONE);
        boolean externalName = type.equals(EXTERNAL_NAME);
        if (spec.path("ports").isEmpty() && !headless && !externalName) {
            causes.add(Cause.required("spec.ports", ""));
        }
        if (externalName && text(spec, "externalName").isEmpty()) {
            causes.add(Cause.required("spec.externalName", ""));
        }
        FieldRules.oneOf(spec, "sessionAffinity", "spec", causes, "ClientIP", NONE);
        FieldRules.oneOf(spec, "internalTrafficPolicy", "spec", causes, "Cluster", "Local");
        FieldRules.oneOf(spec, "externalTrafficPolicy", "spec", causes, "Cluster", "Local");
        NameRules.labels(spec.path("selector"), "spec.selector", causes);
        ports(spec.path("ports"), causes);
    }

    @Override
    public void validateUpdate(ObjectNode service, ObjectNode old, List<Cause> causes) {
        String before = text(old.path("spec"), "clusterIP");
        String after = text(service.path("spec"), "clusterIP");
        if (!before.isEmpty()
                && !before.equals(after)
                && !text(service.path("spec"), "type").equals(EXTERNAL_NAME)) {
            causes.add(
                    Cause.invalid("spec.clusterIPs[0]", "[]string{" + quoted(after) + "}", "may not change once set"));
        }
    }

    /** Whether this service is to have an address that it does not have yet. */
    static boolean needsAddress(ObjectNode service) {
        JsonNode spec = service.path("spec");
        return !text(spec, "type").equals(EXTERNAL_NAME)
                && text(spec, "clusterIP").isEmpty();
    }

    static void setAddress(ObjectNode service, String address) {
        ObjectNode spec = spec(service);
        spec.put("clusterIP", address);
        spec.putArray("clusterIPs").add(address);
    }

    private static void ports(JsonNode ports, List<Cause> causes) {
        Set<String> names = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i);
            String here = "spec.ports[" + i + "]";
            int number = port.path("port").asInt();
            if (number < 1 || number > 65_535) {
                causes.add(Cause.invalid(
                        here + ".port", Integer.toString(number), "must be between 1 and 65535, inclusive"));
            }
            FieldRules.oneOf(port, "protocol", here, causes, "SCTP", "TCP", "UDP");
            String name = text(port, "name");
            if (name.isEmpty() && ports.size() > 1) {
                causes.add(Cause.required(here + ".name", ""));
            } else if (!name.isEmpty() && !names.add(name)) {
                causes.add(Cause.duplicate(here + ".name", quoted(name)));
            }
            if (!numbers.add(number + "/" + text(port, "protocol"))) {
                causes.add(Cause.duplicate(here, port.toString()));
            }
        }
    }
}
