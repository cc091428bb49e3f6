package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.eachObject;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;

/** Ingresses, network policies and endpoint slices. */
final class NetworkStrategies {

    private NetworkStrategies() {}

    static final class Ingresses implements Strategy {
        @Override
        public void prepareCreate(ObjectNode ingress) {
            ingress.putObject("status").putObject("loadBalancer");
        }

        @Override
        public void validate(ObjectNode ingress, List<Cause> causes) {
            JsonNode spec = ingress.path("spec");
            if (spec.path("rules").isEmpty() && !spec.has("defaultBackend")) {
                causes.add(
                        Cause.invalid("spec", spec.toString(), "either `defaultBackend` or `rules` must be specified"));
            }
            if (spec.has("defaultBackend")) {
                backend(spec.get("defaultBackend"), "spec.defaultBackend", causes);
            }
            JsonNode rules = spec.path("rules");
            for (int i = 0; i < rules.size(); i++) {
                if (rules.get(i).has("http")) {
                    paths(rules.get(i).path("http").path("paths"), "spec.rules[" + i + "].http.paths", causes);
                }
            }
        }

        private static void paths(JsonNode paths, String path, List<Cause> causes) {
            if (paths.isEmpty()) {
                causes.add(Cause.required(path, ""));
            }
            for (int i = 0; i < paths.size(); i++) {
                JsonNode one = paths.get(i);
                String here = path + "[" + i + "]";
                String type = text(one, "pathType");
                if (type.isEmpty()) {
                    causes.add(Cause.required(here + ".pathType", "pathType must be specified"));
                }
                FieldRules.oneOf(one, "pathType", here, causes, "Exact", "ImplementationSpecific", "Prefix");
                boolean absolute = text(one, "path").startsWith("/");
                boolean free = type.equals("ImplementationSpecific")
                        && text(one, "path").isEmpty();
                if (!absolute && !free) {
                    causes.add(Cause.invalid(here + ".path", quoted(text(one, "path")), "must be an absolute path"));
                }
                backend(one.path("backend"), here + ".backend", causes);
            }
        }

        private static void backend(JsonNode backend, String path, List<Cause> causes) {
            if (backend.has("resource")) {
                return;
            }
            JsonNode service = backend.path("service");
            if (!service.isObject()) {
                causes.add(Cause.required(path, "resource or service backend is required"));
                return;
            }
            FieldRules.required(service, "name", path + ".service", causes);
            JsonNode port = service.path("port");
            if (text(port, "name").isEmpty() && port.path("number").asInt() == 0) {
                causes.add(Cause.required(path, "port name or number is required"));
            }
        }
    }

    static final class NetworkPolicies implements Strategy {
        @Override
        public void setDefaults(ObjectNode policy) {
            ObjectNode spec = spec(policy);
            for (String direction : new String[] {"ingress", "egress"}) {
                eachObject(
                        spec.path(direction),
                        rule -> eachObject(rule.path("ports"), port -> setIfAbsent(port, "protocol", "TCP")));
            }
            if (spec.path("policyTypes").isEmpty()) {
                ArrayNode types = spec.putArray("policyTypes").add("Ingress");
                if (!spec.path("egress").isEmpty()) {
                    types.add("Egress");
                }
            }
        }

        @Override
        public void validate(ObjectNode policy, List<Cause> causes) {
            JsonNode spec = policy.path("spec");
            FieldRules.selector(spec.path("podSelector"), "spec.podSelector", causes);
            JsonNode types = spec.path("policyTypes");
            for (int i = 0; i < types.size(); i++) {
                String type = types.get(i).asText();
                if (!type.equals("Ingress") && !type.equals("Egress")) {
                    causes.add(FieldRules.unsupported("spec.policyTypes[" + i + "]", type, "Ingress", "Egress"));
                }
            }
        }
    }

    static final class Slices implements Strategy {
        @Override
        public void setDefaults(ObjectNode slice) {
            eachObject(slice.path("ports"), port -> {
                setIfAbsent(port, "name", "");
                setIfAbsent(port, "protocol", "TCP");
            });
        }

        @Override
        public void validate(ObjectNode slice, List<Cause> causes) {
            if (text(slice, "addressType").isEmpty()) {
                causes.add(Cause.required("addressType", ""));
            }
            FieldRules.oneOf(slice, "addressType", "", causes, "FQDN", "IPv4", "IPv6");
            JsonNode endpoints = slice.path("endpoints");
            for (int i = 0; i < endpoints.size(); i++) {
                if (endpoints.get(i).path("addresses").isEmpty()) {
                    causes.add(Cause.required("endpoints[" + i + "].addresses", "must contain at least 1 address"));
                }
            }
        }

        @Override
        public void validateUpdate(ObjectNode slice, ObjectNode old, List<Cause> causes) {
            String type = text(slice, "addressType");
            if (!type.equals(text(old, "addressType"))) {
                causes.add(Cause.invalid("addressType", quoted(type), "field is immutable"));
            }
        }
    }
}
