package dev.kintsugi.features.cluster.embedded.node;

import dev.kintsugi.features.cluster.embedded.node.pod.Notice;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapProjection;
import io.fabric8.kubernetes.api.model.ConfigMapVolumeSource;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the volumes of one pod are made from. No container of it starts before the ConfigMaps and Secrets are there that its volumes name
 * and do not call optional; until then it is looked again after half a second, doubled each time up to two minutes and two seconds
 * (the kubelet's back-off for volume operations). Nothing is written anywhere: no container here has a file system of its own.
 */
final class Volumes {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(122);

    private final Shared shared;
    private final Consumer<Notice> tell;
    private final CompletableFuture<Boolean> mounted = new CompletableFuture<>();
    private boolean begun;

    /** @param tell what is told of each failure */
    Volumes(Shared shared, Consumer<Notice> tell) {
        this.shared = shared;
        this.tell = tell;
    }

    /** Completes with true when all is there, or with false when it was given up. */
    CompletableFuture<Boolean> mount(Pod pod) {
        if (!begun) {
            begun = true;
            if (pod.getSpec().getVolumes().stream().anyMatch(Volumes::hasSource)) {
                attempt(pod, FIRST_PAUSE);
            } else {
                mounted.complete(true);
            }
        }
        return mounted;
    }

    /** The pod is to end, and waits for nothing any more. */
    void giveUp() {
        mounted.complete(false);
    }

    private static boolean hasSource(Volume volume) {
        return volume.getConfigMap() != null || volume.getSecret() != null || volume.getProjected() != null;
    }

    private void attempt(Pod pod, Duration pause) {
        var unused = CompletableFuture.supplyAsync(() -> failures(shared.client(), pod), shared.blocking())
                .whenComplete((failures, unreachable) -> {
                    if (failures != null && failures.isEmpty()) {
                        mounted.complete(true);
                    } else if (!mounted.isDone()) {
                        Optional.ofNullable(failures).ifPresent(found -> found.forEach(tell));
                        attemptAfter(pause, pod);
                    }
                });
    }

    private void attemptAfter(Duration pause, Pod pod) {
        Duration doubled = pause.multipliedBy(2);
        Duration next = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        var unused = shared.timer().schedule(() -> attempt(pod, next), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One for each volume that cannot be set up. */
    private static List<Notice> failures(KubernetesClient client, Pod pod) {
        List<Notice> failures = new ArrayList<>();
        for (Volume volume : pod.getSpec().getVolumes()) {
            Sources sources = new Sources(client, pod.getMetadata().getNamespace());
            problem(sources, volume)
                    .ifPresent(problem -> failures.add(new Notice(
                            true,
                            "FailedMount",
                            "MountVolume.SetUp failed for volume \"" + volume.getName() + "\" : " + problem,
                            "")));
        }
        return failures;
    }

    private static Optional<String> problem(Sources sources, Volume volume) {
        ConfigMapVolumeSource configMap = volume.getConfigMap();
        if (configMap != null) {
            return sources.configMap(configMap.getName(), configMap.getOptional(), configMap.getItems());
        }
        SecretVolumeSource secret = volume.getSecret();
        if (secret != null) {
            return sources.secret(secret.getSecretName(), secret.getOptional(), secret.getItems());
        }
        if (volume.getProjected() == null) {
            return Optional.empty();
        }
        List<String> problems = volume.getProjected().getSources().stream()
                .flatMap(projection -> projected(sources, projection))
                .toList();
        return problems.size() < 2
                ? problems.stream().findFirst()
                : Optional.of("[" + String.join(", ", problems) + "]");
    }

    private static Stream<String> projected(Sources sources, VolumeProjection projection) {
        ConfigMapProjection configMap = projection.getConfigMap();
        SecretProjection secret = projection.getSecret();
        return Stream.concat(
                configMap == null
                        ? Stream.empty()
                        : sources
                                .configMap(configMap.getName(), configMap.getOptional(), configMap.getItems())
                                .stream(),
                secret == null
                        ? Stream.empty()
                        : sources.secret(secret.getName(), secret.getOptional(), secret.getItems()).stream());
    }

    /** The ConfigMaps and Secrets of one namespace, and what is wrong with what is wanted of them. */
    private record Sources(KubernetesClient client, String namespace) {

        Optional<String> configMap(String name, @Nullable Boolean optional, @Nullable List<KeyToPath> items) {
            ConfigMap found =
                    client.configMaps().inNamespace(namespace).withName(name).get();
            if (found == null) {
                return missing("configmap", name, optional);
            }
            Set<String> keys = new HashSet<>();
            Optional.ofNullable(found.getData()).ifPresent(data -> keys.addAll(data.keySet()));
            Optional.ofNullable(found.getBinaryData()).ifPresent(data -> keys.addAll(data.keySet()));
            return items(keys, optional, items, "config");
        }

        Optional<String> secret(String name, @Nullable Boolean optional, @Nullable List<KeyToPath> items) {
            Secret found =
                    client.secrets().inNamespace(namespace).withName(name).get();
            if (found == null) {
                return missing("secret", name, optional);
            }
            Set<String> keys =
                    found.getData() == null ? Set.of() : found.getData().keySet();
            return items(keys, optional, items, "secret");
        }

        private static Optional<String> missing(String kind, String name, @Nullable Boolean optional) {
            return Boolean.TRUE.equals(optional) ? Optional.empty() : Optional.of(kind + " \"" + name + "\" not found");
        }

        private static Optional<String> items(
                Collection<String> keys, @Nullable Boolean optional, @Nullable List<KeyToPath> items, String kind) {
            return Boolean.TRUE.equals(optional) || items == null
                    ? Optional.empty()
                    : items.stream()
                            .map(KeyToPath::getKey)
                            .filter(Objects::nonNull)
                            .filter(key -> !keys.contains(key))
                            .findFirst()
                            .map(key -> "references non-existent " + kind + " key: " + key);
        }
    }
}
