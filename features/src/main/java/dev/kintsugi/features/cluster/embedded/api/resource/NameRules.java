package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks of names, labels and the other metadata, worded as k8s.io/apimachinery words them. */
final class NameRules {

    private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN = LABEL + "(\\." + LABEL + ")*";
    private static final String SERVICE = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final String QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final Pattern LABEL_PATTERN = Pattern.compile(LABEL);
    private static final Pattern SUBDOMAIN_PATTERN = Pattern.compile(SUBDOMAIN);
    private static final Pattern SERVICE_PATTERN = Pattern.compile(SERVICE);
    private static final Pattern QUALIFIED_PATTERN = Pattern.compile(QUALIFIED);
    private static final Pattern PATH_SEGMENT = Pattern.compile("[^/%]+");
    private static final int MAX_LABEL = 63;
    private static final int MAX_SUBDOMAIN = 253;
    private static final int MAX_ANNOTATIONS = 256 * 1024;

    /** Kinds whose names may be anything that fits into a path. */
    private static final Set<String> FREE_NAMES = Set.of("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding");

    private static final Set<String> STANDARD_FINALIZERS =
            Set.of("foregroundDeletion", "orphan", "kubernetes", "customresourcecleanup.apiextensions.k8s.io");

    private NameRules() {}

    static void metadata(ResourceType type, ObjectNode metadata, List<Cause> causes) {
        String generateName = text(metadata, "generateName");
        if (!generateName.isEmpty()) {
            String trimmed = generateName.endsWith("-")
                    ? generateName.substring(0, generateName.length() - 1) + "a"
                    : generateName;
            name(type, "metadata.generateName", generateName, trimmed, causes);
        }
        String name = text(metadata, "name");
        if (name.isEmpty()) {
            causes.add(Cause.required("metadata.name", "name or generateName is required"));
        } else {
            name(type, "metadata.name", name, name, causes);
        }
        labels(metadata.path("labels"), "metadata.labels", causes);
        annotations(metadata.path("annotations"), causes);
        owners(metadata.path("ownerReferences"), causes);
        finalizers(metadata.path("finalizers"), causes);
    }

    /** A DNS label, RFC 1123. */
    static void label(String field, String name, List<Cause> causes) {
        if (name.length() > MAX_LABEL) {
            causes.add(tooLong(field, name, MAX_LABEL));
        } else if (!LABEL_PATTERN.matcher(name).matches()) {
            causes.add(Cause.invalid(
                    field,
                    quoted(name),
                    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
                            + " start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex"
                            + " used for validation is '" + LABEL + "')"));
        }
    }

    static void labels(JsonNode labels, String field, List<Cause> causes) {
        labels.properties().forEach(label -> {
            qualified(field, label.getKey(), causes);
            String value = label.getValue().asText();
            if (value.length() > MAX_LABEL) {
                causes.add(tooLong(field, value, MAX_LABEL));
            } else if (!value.isEmpty() && !QUALIFIED_PATTERN.matcher(value).matches()) {
                causes.add(Cause.invalid(
                        field,
                        quoted(value),
                        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or"
                                + " '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
                                + " 'my_value',  or '12345', regex used for validation is '("
                                + QUALIFIED + ")?')"));
            }
        });
    }

    private static void name(ResourceType type, String field, String name, String checked, List<Cause> causes) {
        if (FREE_NAMES.contains(type.kind())) {
            if (!PATH_SEGMENT.matcher(checked).matches()) {
                causes.add(Cause.invalid(field, quoted(name), "may not contain '/' or '%'"));
            }
        } else if (type.kind().equals("Namespace")) {
            label(field, checked, causes);
        } else if (type.kind().equals("Service")) {
            if (checked.length() > MAX_LABEL) {
                causes.add(tooLong(field, name, MAX_LABEL));
            } else if (!SERVICE_PATTERN.matcher(checked).matches()) {
                causes.add(Cause.invalid(
                        field,
                        quoted(name),
                        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
                                + " alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or"
                                + " 'abc-123', regex used for validation is '" + SERVICE + "')"));
            }
        } else if (checked.length() > MAX_SUBDOMAIN) {
            causes.add(tooLong(field, name, MAX_SUBDOMAIN));
        } else if (!SUBDOMAIN_PATTERN.matcher(checked).matches()) {
            causes.add(Cause.invalid(
                    field,
                    quoted(name),
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
                            + " and must start and end with an alphanumeric character (e.g. 'example.com', regex used"
                            + " for validation is '" + SUBDOMAIN + "')"));
        }
    }

    private static void annotations(JsonNode annotations, List<Cause> causes) {
        int[] size = {0};
        annotations.properties().forEach(annotation -> {
            qualified("metadata.annotations", annotation.getKey(), causes);
            size[0] += annotation.getKey().length()
                    + annotation.getValue().asText().length();
        });
        if (size[0] > MAX_ANNOTATIONS) {
            causes.add(Cause.tooLong("metadata.annotations", "must have at most " + MAX_ANNOTATIONS + " bytes"));
        }
    }

    private static void qualified(String field, String key, List<Cause> causes) {
        String name = key.substring(key.indexOf('/') + 1);
        if (name.length() > MAX_LABEL) {
            causes.add(Cause.invalid(field, quoted(key), "name part must be no more than 63 characters"));
        } else if (!QUALIFIED_PATTERN.matcher(name).matches()) {
            causes.add(Cause.invalid(
                    field,
                    quoted(key),
                    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with"
                            + " an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
                            + " validation is '" + QUALIFIED + "')"));
        }
    }

    private static void owners(JsonNode owners, List<Cause> causes) {
        int controllers = 0;
        for (int i = 0; i < owners.size(); i++) {
            JsonNode owner = owners.get(i);
            for (String field : new String[] {"apiVersion", "kind", "name", "uid"}) {
                if (text(owner, field).isEmpty()) {
                    causes.add(Cause.invalid("metadata.ownerReferences." + field, quoted(""), "must not be empty"));
                }
            }
            controllers += owner.path("controller").asBoolean() ? 1 : 0;
        }
        if (controllers > 1) {
            causes.add(Cause.invalid(
                    "metadata.ownerReferences",
                    owners.toString(),
                    "Only one reference can have Controller set to true. Found \"true\" in references for "
                            + owner(owners.path(0)) + " and " + owner(owners.path(1))));
        }
    }

    private static String owner(JsonNode reference) {
        return text(reference, "kind") + "/" + text(reference, "name");
    }

    private static void finalizers(JsonNode finalizers, List<Cause> causes) {
        for (int i = 0; i < finalizers.size(); i++) {
            String name = finalizers.get(i).asText();
            qualified("metadata.finalizers[" + i + "]", name, causes);
            if (!name.contains("/") && !STANDARD_FINALIZERS.contains(name)) {
                causes.add(Cause.invalid(
                        "metadata.finalizers[" + i + "]",
                        quoted(name),
                        "name is neither a standard finalizer name nor is it fully qualified"));
            }
        }
    }

    private static Cause tooLong(String field, String name, int max) {
        return Cause.invalid(field, quoted(name), "must be no more than " + max + " characters");
    }
}
