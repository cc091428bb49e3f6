package dev.kintsugi.chaos.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which pods an experiment looks at.
 *
 * @param namespaces where to look; empty means the experiment's own namespace
 * @param labels labels that a pod must carry, all of them; empty means every pod
 * @param pods namespace to pod names; when there are any, they alone count and override the rest (a rule of Chaos Mesh)
 */
public record Selector(List<String> namespaces, Map<String, String> labels, Map<String, List<String>> pods) {
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern LABEL_NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern LABEL_PREFIX =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    public Selector {
        namespaces = List.copyOf(new TreeSet<>(namespaces));
        labels = Map.copyOf(labels);
        TreeMap<String, List<String>> sorted = new TreeMap<>();
        pods.forEach((namespace, names) -> sorted.put(namespace, List.copyOf(new TreeSet<>(names))));
        pods = Collections.unmodifiableSortedMap(sorted);
        namespaces.forEach(namespace -> requireNamespace("spec.selector.namespaces", namespace));
        pods.keySet().forEach(namespace -> requireNamespace("spec.selector.pods", namespace));
        labels.forEach(Selector::requireLabel);
    }

    /** Every pod of a namespace that carries the labels. */
    public static Selector labelled(String namespace, Map<String, String> labels) {
        return new Selector(List.of(namespace), labels, Map.of());
    }

    /** Exactly these pods. */
    public static Selector exactly(Collection<PodInfo> pods) {
        TreeMap<String, List<String>> names = new TreeMap<>();
        for (PodInfo pod : pods) {
            names.computeIfAbsent(pod.namespace(), n -> new ArrayList<>()).add(pod.name());
        }
        return new Selector(List.of(), Map.of(), names);
    }

    /** Whether a pod is meant, for an experiment that lives in {@code ownNamespace}. */
    public boolean matches(PodInfo pod, String ownNamespace) {
        if (!pods.isEmpty()) {
            return pods.getOrDefault(pod.namespace(), List.of()).contains(pod.name());
        }
        return namespaces(ownNamespace).contains(pod.namespace())
                && pod.labels().entrySet().containsAll(labels.entrySet());
    }

    /** The namespaces that are looked at, for an experiment that lives in {@code ownNamespace}. */
    public List<String> namespaces(String ownNamespace) {
        if (!pods.isEmpty()) {
            return List.copyOf(pods.keySet());
        }
        return namespaces.isEmpty() ? List.of(ownNamespace) : namespaces;
    }

    /** What is looked for, for a reader. */
    public String describe(String ownNamespace) {
        if (!pods.isEmpty()) {
            return "pods " + pods;
        }
        return "pods in " + String.join(", ", namespaces(ownNamespace))
                + (labels.isEmpty() ? "" : " with labels " + new TreeMap<>(labels));
    }

    static void requireNamespace(String field, String namespace) {
        if (!DNS_LABEL.matcher(namespace).matches()) {
            throw new InvalidExperiment(
                    field,
                    namespace,
                    "must be a namespace name (RFC 1123 label)",
                    "use at most 63 lower case letters, digits and '-', starting and ending with a letter or digit");
        }
    }

    private static void requireLabel(String key, String value) {
        int slash = key.indexOf('/');
        boolean prefixOk =
                slash < 0 || LABEL_PREFIX.matcher(key.substring(0, slash)).matches();
        if (!prefixOk || !LABEL_NAME.matcher(key.substring(slash + 1)).matches()) {
            throw new InvalidExperiment(
                    "spec.selector.labelSelectors",
                    key,
                    "must be a label key",
                    "use a key such as app or example.com/app");
        }
        if (!value.isEmpty() && !LABEL_NAME.matcher(value).matches()) {
            throw new InvalidExperiment(
                    "spec.selector.labelSelectors." + key,
                    value,
                    "must be a label value",
                    "use at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit");
        }
    }
}
