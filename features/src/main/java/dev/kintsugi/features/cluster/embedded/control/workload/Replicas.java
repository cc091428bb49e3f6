package dev.kintsugi.features.cluster.embedded.control.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Numbers of replicas; what is absent is 0 in a status and 1 in a spec. */
final class Replicas {

    private Replicas() {}

    static int wanted(ReplicaSet set) {
        return orOne(set.getSpec().getReplicas());
    }

    static int wanted(Deployment deployment) {
        return orOne(deployment.getSpec().getReplicas());
    }

    static int wanted(StatefulSet set) {
        return orOne(set.getSpec().getReplicas());
    }

    private static int orOne(@Nullable Integer number) {
        return number == null ? 1 : number;
    }

    static int orZero(@Nullable Integer number) {
        return number == null ? 0 : number;
    }

    /** How many there are; null, which is how a status says it, for none. */
    static @Nullable Integer count(List<Pod> pods, Predicate<Pod> which) {
        return orNull((int) pods.stream().filter(which).count());
    }

    static @Nullable Integer orNull(int number) {
        return number == 0 ? null : number;
    }
}
