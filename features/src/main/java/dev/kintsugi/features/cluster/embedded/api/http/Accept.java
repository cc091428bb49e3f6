package dev.kintsugi.features.cluster.embedded.api.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What representation a client wants: the first of its Accept header that the server has. */
enum Accept {
    JSON,
    YAML,
    TABLE,
    PARTIAL,
    DISCOVERY;

    /** The choice for objects and lists; null if there is none. */
    static @Nullable Accept forObjects(String header) {
        return choose(header, false);
    }

    /** The choice for {@code /api} and {@code /apis}; null if there is none. */
    static @Nullable Accept forDiscovery(String header) {
        return choose(header, true);
    }

    private static @Nullable Accept choose(String header, boolean discovery) {
        if (header.isBlank()) {
            return JSON;
        }
        for (String one : header.split(",", -1)) {
            Accept found = match(one.trim(), discovery);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable Accept match(String one, boolean discovery) {
        String[] parts = one.split(";", -1);
        String type = parts[0].trim().toLowerCase(Locale.ROOT);
        Map<String, String> parameters = new HashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].trim().split("=", 2);
            parameters.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        String as = parameters.getOrDefault("as", "");
        return switch (type) {
            case "application/json" -> as.isEmpty() ? JSON : transformed(as, parameters, discovery);
            case "application/yaml" -> as.isEmpty() ? YAML : null;
            case "*/*", "application/*" -> JSON;
            default -> null;
        };
    }

    private static @Nullable Accept transformed(String as, Map<String, String> parameters, boolean discovery) {
        String group = parameters.getOrDefault("g", "");
        String version = parameters.getOrDefault("v", "");
        if (discovery) {
            boolean aggregated = as.equals("APIGroupDiscoveryList")
                    && group.equals("apidiscovery.k8s.io")
                    && version.equals("v2beta1");
            return aggregated ? DISCOVERY : null;
        }
        boolean meta = group.equals("meta.k8s.io") && (version.equals("v1") || version.equals("v1beta1"));
        if (!meta) {
            return null;
        }
        return switch (as) {
            case "Table" -> TABLE;
            case "PartialObjectMetadata", "PartialObjectMetadataList" -> PARTIAL;
            default -> null;
        };
    }
}
