package dev.kintsugi.features.cluster.embedded.control.disruption;

import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.World;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a budget asks for.
 *
 * @param expected number of pods
 * @param healthy how many of them at least
 */
record Requirement(int expected, int healthy) {

    private static final int PERCENT = 100;

    /**
     * A number of available pods is as it stands, and the pods that are there are expected. A share, and anything that may be
     * unavailable, is of the sizes that the pods' controllers should have; shares are rounded up.
     */
    static Requirement of(PodDisruptionBudget budget, List<Pod> pods, World world) {
        IntOrString mayMiss = budget.getSpec().getMaxUnavailable();
        IntOrString least = budget.getSpec().getMinAvailable();
        if (mayMiss != null) {
            int expected = sizes(pods, world);
            return new Requirement(expected, Math.max(0, expected - number(mayMiss, expected)));
        }
        if (least == null) {
            return new Requirement(pods.size(), 0);
        }
        if (least.getStrVal() == null) {
            return new Requirement(pods.size(), least.getIntVal());
        }
        int expected = sizes(pods, world);
        return new Requirement(expected, number(least, expected));
    }

    private static int number(IntOrString value, int of) {
        String text = value.getStrVal();
        return text == null
                ? value.getIntVal()
                : (Integer.parseInt(text.replace("%", "")) * of + PERCENT - 1) / PERCENT;
    }

    /** The sum of the replicas of all controllers of the pods; for a ReplicaSet of a Deployment that of the Deployment. */
    private static int sizes(List<Pod> pods, World world) {
        Map<String, Integer> sizes = new HashMap<>();
        for (Pod pod : pods) {
            HasMetadata controller = controller(pod, world);
            HasMetadata top = controller instanceof ReplicaSet
                    ? Objects.requireNonNullElse(controller(controller, world), controller)
                    : controller;
            if (top != null) {
                sizes.put(top.getMetadata().getUid(), size(top));
            }
        }
        return sizes.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static @Nullable HasMetadata controller(HasMetadata object, World world) {
        return Owners.controller(object)
                .map(OwnerReference::getUid)
                .flatMap(world::withUid)
                .orElse(null);
    }

    private static int size(HasMetadata controller) {
        Integer replicas = null;
        if (controller instanceof Deployment deployment) {
            replicas = deployment.getSpec().getReplicas();
        } else if (controller instanceof ReplicaSet set) {
            replicas = set.getSpec().getReplicas();
        } else if (controller instanceof StatefulSet set) {
            replicas = set.getSpec().getReplicas();
        }
        return Objects.requireNonNullElse(replicas, 0);
    }
}
