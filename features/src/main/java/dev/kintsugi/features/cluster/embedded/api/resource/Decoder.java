package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType.Trait;
import dev.kintsugi.features.cluster.embedded.api.resource.WriteOptions.Validation;
import dev.kintsugi.features.cluster.embedded.api.schema.ObjectSchema.WrongType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Turns a body into an object of the kind that the path names: kind, version, types, and unknown fields. */
final class Decoder {

    private Decoder() {}

    /** The object, in the shape of {@code type}; what is wrong but tolerated is added to {@code warnings}. */
    static ObjectNode decode(ResourceType type, Body body, Validation validation, List<String> warnings) {
        if (!(body.tree() instanceof ObjectNode given)) {
            throw ApiException.badRequest("the object provided is unrecognized (must be of type " + type.kind()
                    + "): couldn't get version/kind; json parse error: json: cannot unmarshal a value that is no"
                    + " object into Go value of type struct { APIVersion string; Kind string }");
        }
        requireKind(type, given, body);
        ObjectNode object = given.deepCopy();
        object.put("kind", type.kind()).put("apiVersion", type.apiVersion());
        List<String> complaints = new ArrayList<>();
        List<String> unknown;
        try {
            unknown = type.schema().prune(object);
        } catch (WrongType e) {
            throw cannotBeHandled(type.kind(), type.version(), type, String.valueOf(e.getMessage()));
        }
        body.duplicates().forEach(path -> complaints.add("duplicate field \"" + path + "\""));
        unknown.stream().sorted().forEach(path -> complaints.add("unknown field \"" + path + "\""));
        handle(type, complaints, validation, warnings);
        return object;
    }

    /** The same for an object that a patch has made; types are then the fault of the patch. */
    static ObjectNode decodePatched(
            ResourceType type, ObjectNode patched, Validation validation, List<String> warnings) {
        ObjectNode object = patched.deepCopy();
        List<String> complaints = new ArrayList<>();
        try {
            type.schema().prune(object).forEach(path -> complaints.add("unknown field \"" + path + "\""));
        } catch (WrongType e) {
            throw ApiException.invalid(
                    "",
                    "",
                    "",
                    List.of(Cause.invalid("patch", Fields.quoted(patched.toString()), String.valueOf(e.getMessage()))));
        }
        handle(type, complaints, validation, warnings);
        return object;
    }

    /** A configuration for server-side apply: it must name kind and version, and nothing that the kind has not. */
    static ObjectNode decodeApplied(ResourceType type, Body body, Validation validation, List<String> warnings) {
        if (!(body.tree() instanceof ObjectNode given)) {
            throw ApiException.badRequest("error decoding YAML: the configuration is not an object");
        }
        String kind = text(given, "kind");
        String apiVersion = text(given, "apiVersion");
        if (apiVersion.isEmpty() || !kind.equals(type.kind())) {
            String version = apiVersion.isEmpty() ? "/" : apiVersion;
            throw ApiException.badRequest("invalid object type: " + version + ", Kind=" + kind);
        }
        if (!apiVersion.equals(type.apiVersion())) {
            throw ApiException.badRequest("Incorrect version specified in apply patch. Specified patch version: "
                    + apiVersion + ", expected: " + type.apiVersion());
        }
        if (given.path("metadata").has("managedFields")) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        List<String> duplicates = new ArrayList<>();
        body.duplicates().forEach(path -> duplicates.add("duplicate field \"" + path + "\""));
        handle(type, duplicates, validation, warnings);
        ObjectNode object = given.deepCopy();
        try {
            List<String> unknown = type.schema().prune(object);
            if (unknown.isEmpty()) {
                return object;
            }
            throw untyped(
                    type,
                    given,
                    "." + String.join(": field not declared in schema\n  .", unknown)
                            + ": field not declared in schema");
        } catch (WrongType e) {
            throw untyped(type, given, String.valueOf(e.getMessage()));
        }
    }

    private static ApiException untyped(ResourceType type, ObjectNode given, String why) {
        String namespace = text(given.path("metadata"), "namespace");
        String name = text(given.path("metadata"), "name");
        return ApiException.internal(
                "failed to create typed patch object (" + namespace + "/" + name + "; " + type.apiVersion() + ", Kind="
                        + type.kind() + "): " + (why.contains("\n") ? "errors:\n  " : "") + why);
    }

    private static void handle(
            ResourceType type, List<String> complaints, Validation validation, List<String> warnings) {
        if (complaints.isEmpty() || validation == Validation.IGNORE) {
            return;
        }
        if (validation == Validation.WARN) {
            warnings.addAll(complaints);
            return;
        }
        throw cannotBeHandled(
                type.kind(), type.version(), type, "strict decoding error: " + String.join(", ", complaints));
    }

    /** Built-in kinds may leave kind and version out; custom resources may not. */
    private static void requireKind(ResourceType type, ObjectNode given, Body body) {
        String kind = text(given, "kind");
        String apiVersion = text(given, "apiVersion");
        if (type.has(Trait.CUSTOM)) {
            if (kind.isEmpty()) {
                throw ApiException.badRequest("the object provided is unrecognized (must be of type " + type.kind()
                        + "): Object 'Kind' is missing in '" + body.text() + "' (" + Body.summary(body.text()) + ")");
            }
            if (apiVersion.isEmpty()) {
                throw ApiException.badRequest("Object 'apiVersion' is missing in '" + body.text() + "'");
            }
            if (!apiVersion.equals(type.apiVersion())) {
                throw ApiException.badRequest("the API version in the data (" + apiVersion
                        + ") does not match the expected API version (" + type.apiVersion() + ")");
            }
            if (!kind.equals(type.kind())) {
                throw ApiException.invalid(
                        type.group(),
                        kind,
                        text(given.path("metadata"), "name"),
                        List.of(Cause.invalid("kind", Fields.quoted(kind), "must be " + type.kind())));
            }
            return;
        }
        if (!apiVersion.isEmpty() && !apiVersion.equals(type.apiVersion())) {
            throw cannotBeHandled(
                    kind.isEmpty() ? type.kind() : kind,
                    apiVersion,
                    type,
                    "no kind \"" + kind + "\" is registered for version \"" + apiVersion
                            + "\" in scheme \"pkg/runtime/scheme.go:100\"");
        }
        if (!kind.isEmpty() && !kind.equals(type.kind())) {
            OptionalInt illegal = kind.equals("Secret") ? Bytes.illegal(given.path("data")) : OptionalInt.empty();
            if (illegal.isPresent()) {
                throw cannotBeHandled(
                        kind, type.version(), type, "illegal base64 data at input byte " + illegal.getAsInt());
            }
            throw cannotBeHandled(
                    kind,
                    type.version(),
                    type,
                    "converting (" + type.version() + "." + kind + ") to (" + type.kind() + "): unknown conversion");
        }
    }

    private static ApiException cannotBeHandled(String kind, String version, ResourceType type, String why) {
        return ApiException.badRequest(
                kind + " in version \"" + version + "\" cannot be handled as a " + type.kind() + ": " + why);
    }
}
