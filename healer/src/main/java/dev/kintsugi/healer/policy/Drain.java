package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.model.Action;
import dev.kintsugi.healer.model.NodeState;
import dev.kintsugi.healer.model.ObjectRef;
import dev.kintsugi.healer.model.PodPhase;
import dev.kintsugi.healer.model.PodState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which pods a drain evicts. */
final class Drain {

    private Drain() {}

    /**
     * As {@code kubectl drain --ignore-daemonsets} chooses them, pod by pod, the first of these that holds:
     *
     * <ol>
     *   <li>A pod that is being deleted is on its way already.
     *   <li>A pod of a DaemonSet stays, unless it is finished: it would come back to the same node.
     *   <li>A mirror pod stays: the node itself runs it.
     *   <li>A pod with an emptyDir would lose its data, and one that nothing would replace would be lost: refused, unless it
     *       is finished. Any refusal stops the drain before its first eviction.
     *   <li>Every other pod is evicted.
     * </ol>
     */
    static Remedy of(NodeState node, List<PodState> pods) {
        List<ObjectRef> evict = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        pods.stream()
                .filter(pod -> node.name().equals(pod.nodeName()))
                .sorted(Comparator.comparing(pod -> pod.ref().toString()))
                .filter(pod -> !pod.beingDeleted())
                .forEach(pod -> {
                    boolean finished = pod.phase() == PodPhase.SUCCEEDED || pod.phase() == PodPhase.FAILED;
                    ObjectRef owner = pod.controller();
                    if (pod.mirror() || (owner != null && owner.kind().equals("DaemonSet") && !finished)) {
                        return;
                    }
                    if (!finished && pod.emptyDir()) {
                        refused.add(pod.ref() + " has an emptyDir");
                    } else if (!finished && owner == null) {
                        refused.add(pod.ref() + " has no controller");
                    } else {
                        evict.add(pod.ref());
                    }
                });
        if (!refused.isEmpty()) {
            return new Remedy.None("refused as kubectl would: " + String.join("; ", refused));
        }
        return evict.isEmpty()
                ? new Remedy.None("nothing is left to evict")
                : new Remedy.Act(new Action.Drain(node.ref(), evict));
    }
}
