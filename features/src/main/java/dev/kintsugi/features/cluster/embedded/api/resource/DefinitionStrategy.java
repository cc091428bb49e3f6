package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.child;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;
import java.util.Locale;

/** CustomResourceDefinitions. They are served from the moment they are stored, so they are established at once. */
final class DefinitionStrategy implements Strategy {

    @Override
    public void setDefaults(ObjectNode definition) {
        ObjectNode spec = spec(definition);
        ObjectNode names = child(spec, "names");
        setIfAbsent(names, "singular", text(names, "kind").toLowerCase(Locale.ROOT));
        setIfAbsent(names, "listKind", text(names, "kind") + "List");
        setIfAbsent(child(spec, "conversion"), "strategy", "None");
    }

    @Override
    public void prepareCreate(ObjectNode definition) {
        ObjectNode status = definition.putObject("status");
        String now = text(definition.path("metadata"), "creationTimestamp");
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, "NamesAccepted", now, "NoConflicts", "no conflicts found");
        condition(conditions, "Established", now, "InitialNamesAccepted", "the initial names have been accepted");
        status.set("acceptedNames", definition.path("spec").path("names").deepCopy());
        ArrayNode stored = status.putArray("storedVersions");
        definition.path("spec").path("versions").forEach(version -> {
            if (version.path("storage").asBoolean()) {
                stored.add(text(version, "name"));
            }
        });
    }

    @Override
    public void validate(ObjectNode definition, List<Cause> causes) {
        JsonNode spec = definition.path("spec");
        JsonNode names = spec.path("names");
        required(spec, "group", "spec.group", causes);
        required(names, "plural", "spec.names.plural", causes);
        required(names, "kind", "spec.names.kind", causes);
        String scope = text(spec, "scope");
        if (!scope.equals("Namespaced") && !scope.equals("Cluster")) {
            causes.add(Cause.unsupported("spec.scope", quoted(scope), "\"Cluster\", \"Namespaced\""));
        }
        String expected = text(names, "plural") + "." + text(spec, "group");
        String name = text(definition.path("metadata"), "name");
        if (!name.equals(expected)) {
            causes.add(Cause.invalid(
                    "metadata.name", quoted(name), "must be spec.names.plural+\".\"+spec.group"));
        }
        int storage = 0;
        for (JsonNode version : spec.path("versions")) {
            storage += version.path("storage").asBoolean() ? 1 : 0;
            if (!version.path("schema").path("openAPIV3Schema").isObject()) {
                causes.add(Cause.required("spec.versions[0].schema.openAPIV3Schema", "schemas are required"));
            }
        }
        if (storage != 1) {
            causes.add(Cause.invalid(
                    "spec.versions",
                    quoted(spec.path("versions").toString()),
                    "must have exactly one version marked as storage version"));
        }
    }

    private static void required(JsonNode object, String field, String path, List<Cause> causes) {
        if (text(object, field).isEmpty()) {
            causes.add(Cause.required(path, ""));
        }
    }

    private static void condition(ArrayNode conditions, String type, String now, String reason, String message) {
        conditions
                .addObject()
                .put("type", type)
                .put("status", "True")
                .put("lastTransitionTime", now)
                .put("reason", reason)
                .put("message", message);
    }
}
