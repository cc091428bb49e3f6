package dev.kintsugi.features.cluster.embedded.control.scheduling;

import java.util.List;

/**
 * Why a node does not take a pod, in the words of Kubernetes' scheduler.
 *
 * @param byPods whether it would if other pods were not there
 */
record Refusal(List<String> reasons, boolean byPods) {

    static Refusal lasting(String reason) {
        return new Refusal(List.of(reason), false);
    }

    static Refusal ofPods(String reason) {
        return new Refusal(List.of(reason), true);
    }
}
