package dev.kintsugi.features.cluster.embedded.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.ObjectFieldSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The environment of one container as the kubelet makes it ({@code makeEnvironmentVariables}). */
final class Environment {

    /** A reference of the spec leads nowhere; the container waits with {@code CreateContainerConfigError}. */
    static final class ConfigException extends Exception {
        private static final long serialVersionUID = 1L;

        ConfigException(String message) {
            super(message);
        }
    }

    private static final Pattern REFERENCE = Pattern.compile("\\$(\\$|\\(([-._a-zA-Z][-._a-zA-Z0-9]*)\\))");
    private static final Pattern SUBSCRIPT = Pattern.compile("metadata\\.(labels|annotations)\\['([^']*)'\\]");

    private final KubernetesClient client;
    private final Pod pod;
    private final Container container;
    private final String podIp;
    private final String hostIp;
    private final Map<String, Quantity> allocatable;

    /** @param allocatable resources of the node, which are the limits of a container that has none */
    Environment(
            KubernetesClient client,
            Pod pod,
            Container container,
            String podIp,
            String hostIp,
            Map<String, Quantity> allocatable) {
        this.client = client;
        this.pod = pod;
        this.container = container;
        this.podIp = podIp;
        this.hostIp = hostIp;
        this.allocatable = allocatable;
    }

    /**
     * {@code envFrom} first, then {@code env} in its order; a later variable wins over an earlier one. In a value {@code $(NAME)}
     * stands for a variable defined before it or for one of {@code services}, {@code $$} for a dollar sign; a name that is not
     * known stays as it is.
     *
     * @param services variables of the Services, which any variable of the container overrides
     */
    Map<String, String> variables(Map<String, String> services) throws ConfigException {
        Map<String, String> own = new LinkedHashMap<>();
        for (EnvFromSource source : container.getEnvFrom()) {
            String prefix = source.getPrefix() == null ? "" : source.getPrefix();
            all(source).forEach((name, value) -> own.put(prefix + name, value));
        }
        for (EnvVar variable : container.getEnv()) {
            EnvVarSource from = variable.getValueFrom();
            if (from != null) {
                referenced(from).ifPresent(value -> own.put(variable.getName(), value));
            } else {
                String value = variable.getValue() == null ? "" : variable.getValue();
                own.put(variable.getName(), expand(value, services, own));
            }
        }
        Map<String, String> merged = new LinkedHashMap<>(services);
        merged.putAll(own);
        return merged;
    }

    private static String expand(String value, Map<String, String> services, Map<String, String> own) {
        return expand(value, name -> own.getOrDefault(name, services.get(name)));
    }

    private static String expand(String value, Function<String, @Nullable String> known) {
        return REFERENCE.matcher(value).replaceAll(match -> {
            String name = match.group(2);
            String text = name == null ? "$" : known.apply(name);
            return Matcher.quoteReplacement(text == null ? match.group() : text);
        });
    }

    /** The container with {@code $(NAME)} in its command and its arguments replaced by its variables, as in their values. */
    static Container expanded(Container container, Map<String, String> variables) {
        return new ContainerBuilder(container)
                .withCommand(container.getCommand().stream()
                        .map(word -> expand(word, variables::get))
                        .toList())
                .withArgs(container.getArgs().stream()
                        .map(word -> expand(word, variables::get))
                        .toList())
                .build();
    }

    private Map<String, String> all(EnvFromSource source) throws ConfigException {
        if (source.getConfigMapRef() != null) {
            boolean optional = Boolean.TRUE.equals(source.getConfigMapRef().getOptional());
            Optional<Map<String, String>> data =
                    configMap(source.getConfigMapRef().getName(), optional);
            return data.orElse(Map.of());
        }
        if (source.getSecretRef() != null) {
            boolean optional = Boolean.TRUE.equals(source.getSecretRef().getOptional());
            return secret(source.getSecretRef().getName(), optional).orElse(Map.of());
        }
        return Map.of();
    }

    private Optional<String> referenced(EnvVarSource from) throws ConfigException {
        if (from.getFieldRef() != null) {
            return Optional.of(field(from.getFieldRef()));
        }
        if (from.getResourceFieldRef() != null) {
            return Optional.of(resource(from.getResourceFieldRef()));
        }
        if (from.getConfigMapKeyRef() != null) {
            String name = from.getConfigMapKeyRef().getName();
            boolean optional = Boolean.TRUE.equals(from.getConfigMapKeyRef().getOptional());
            return key(configMap(name, optional), from.getConfigMapKeyRef().getKey(), "ConfigMap", name, optional);
        }
        if (from.getSecretKeyRef() != null) {
            String name = from.getSecretKeyRef().getName();
            boolean optional = Boolean.TRUE.equals(from.getSecretKeyRef().getOptional());
            return key(secret(name, optional), from.getSecretKeyRef().getKey(), "Secret", name, optional);
        }
        return Optional.empty();
    }

    private Optional<String> key(
            Optional<Map<String, String>> data, String key, String kind, String name, boolean optional)
            throws ConfigException {
        Optional<String> value = data.map(each -> each.get(key));
        if (value.isEmpty() && !optional) {
            throw new ConfigException("couldn't find key " + key + " in " + kind + " " + namespace() + "/" + name);
        }
        return value;
    }

    private Optional<Map<String, String>> configMap(String name, boolean optional) throws ConfigException {
        ConfigMap found =
                client.configMaps().inNamespace(namespace()).withName(name).get();
        if (found == null && !optional) {
            throw new ConfigException("configmap \"" + name + "\" not found");
        }
        return Optional.ofNullable(found).map(each -> each.getData() == null ? Map.of() : each.getData());
    }

    private Optional<Map<String, String>> secret(String name, boolean optional) throws ConfigException {
        Secret found = client.secrets().inNamespace(namespace()).withName(name).get();
        if (found == null && !optional) {
            throw new ConfigException("secret \"" + name + "\" not found");
        }
        Map<String, String> text = new LinkedHashMap<>();
        if (found != null && found.getData() != null) {
            found.getData()
                    .forEach((key, value) ->
                            text.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        }
        return found == null ? Optional.empty() : Optional.of(text);
    }

    private String field(ObjectFieldSelector selector) throws ConfigException {
        String path = selector.getFieldPath();
        Matcher subscript = SUBSCRIPT.matcher(path);
        if (subscript.matches()) {
            Map<String, String> map = subscript.group(1).equals("labels")
                    ? pod.getMetadata().getLabels()
                    : pod.getMetadata().getAnnotations();
            return orEmpty(map == null ? null : map.get(subscript.group(2)));
        }
        return switch (path) {
            case "metadata.name" -> pod.getMetadata().getName();
            case "metadata.namespace" -> namespace();
            case "metadata.uid" -> pod.getMetadata().getUid();
            case "spec.nodeName" -> pod.getSpec().getNodeName();
            case "spec.serviceAccountName" -> orEmpty(pod.getSpec().getServiceAccountName());
            case "status.hostIP" -> hostIp;
            case "status.podIP", "status.podIPs" -> podIp;
            default -> throw new ConfigException("unsupported fieldPath: " + path);
        };
    }

    /**
     * A limit or request of a container, as a whole number of the divisor, rounded up. A container without a limit has that of the node
     * ({@code MergeContainerResourceLimits}), without a request 0.
     */
    private String resource(ResourceFieldSelector selector) throws ConfigException {
        String name = selector.getContainerName() == null ? container.getName() : selector.getContainerName();
        Container subject = pod.getSpec().getContainers().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElse(container);
        String[] path = selector.getResource().split("\\.", 2);
        if (path.length != 2 || !(path[0].equals("limits") || path[0].equals("requests"))) {
            throw new ConfigException("unsupported container resource: " + selector.getResource());
        }
        Map<String, Quantity> amounts = subject.getResources() == null
                ? null
                : path[0].equals("limits")
                        ? subject.getResources().getLimits()
                        : subject.getResources().getRequests();
        Quantity node = path[0].equals("limits") ? allocatable.get(path[1]) : null;
        Quantity amount = amounts == null ? node : amounts.getOrDefault(path[1], node);
        BigDecimal divisor = divisor(selector.getDivisor());
        return amount == null
                ? "0"
                : amount.getNumericalAmount()
                        .divide(divisor, 0, RoundingMode.CEILING)
                        .toPlainString();
    }

    private static BigDecimal divisor(@Nullable Quantity divisor) {
        BigDecimal value = divisor == null ? BigDecimal.ONE : divisor.getNumericalAmount();
        return value.signum() == 0 ? BigDecimal.ONE : value;
    }

    private String namespace() {
        return pod.getMetadata().getNamespace();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
