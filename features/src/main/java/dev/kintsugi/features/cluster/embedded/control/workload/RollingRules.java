package dev.kintsugi.features.cluster.embedded.control.workload;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of a Deployment's change over.
 *
 * @param wanted number of pods
 * @param surge how many more there may be
 * @param unavailable how many of the wanted may be missing
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment">Rolling update</a>
 */
record RollingRules(int wanted, int surge, int unavailable) {

    private static final int PERCENT = 100;

    /** Percentages are of the wanted number: the surge rounded up, the unavailable ones down; if both come to 0, one may be missing. */
    static RollingRules of(Deployment deployment) {
        int wanted = Replicas.wanted(deployment);
        if (isRecreate(deployment)) {
            return new RollingRules(wanted, 0, 0);
        }
        IntOrString maxSurge = null;
        IntOrString maxUnavailable = null;
        if (deployment.getSpec().getStrategy() != null
                && deployment.getSpec().getStrategy().getRollingUpdate() != null) {
            maxSurge = deployment.getSpec().getStrategy().getRollingUpdate().getMaxSurge();
            maxUnavailable =
                    deployment.getSpec().getStrategy().getRollingUpdate().getMaxUnavailable();
        }
        int surge = share(maxSurge, wanted, true);
        int unavailable = share(maxUnavailable, wanted, false);
        if (surge == 0 && unavailable == 0) {
            unavailable = 1;
        }
        return new RollingRules(wanted, surge, Math.min(unavailable, wanted));
    }

    static boolean isRecreate(Deployment deployment) {
        return deployment.getSpec().getStrategy() != null
                && "Recreate".equals(deployment.getSpec().getStrategy().getType());
    }

    private static int share(@Nullable IntOrString value, int of, boolean up) {
        if (value == null) {
            return 0;
        }
        String text = value.getStrVal();
        if (text == null) {
            return value.getIntVal();
        }
        int parts = Integer.parseInt(text.replace("%", "")) * of;
        return up ? (parts + PERCENT - 1) / PERCENT : parts / PERCENT;
    }

    /** The largest number of pods at any time. */
    int most() {
        return wanted + surge;
    }

    /** The smallest number of available pods at any time. */
    int least() {
        return wanted - unavailable;
    }

    /** The next size of the new ReplicaSet: as large as wanted, as far as the surge leaves room beside the others. */
    int nextNew(int size, int total) {
        if (size > wanted) {
            return wanted;
        }
        return size + Math.max(0, Math.min(most() - total, wanted - size));
    }

    /**
     * The next sizes of the old ReplicaSets in a rolling update. First pods that are not available go, as many as do not matter to
     * availability even if none of the new pods that are not available will ever be; then available ones, as many as are above the
     * least number.
     */
    Map<ReplicaSet, Integer> nextOld(@Nullable ReplicaSet young, List<ReplicaSet> old) {
        Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
        old.stream().sorted(Revisions.byAge()).forEach(set -> sizes.put(set, Replicas.wanted(set)));
        int youngSize = young == null ? 0 : Replicas.wanted(young);
        int youngAvailable = young == null ? 0 : available(young);
        int total =
                youngSize + sizes.values().stream().mapToInt(Integer::intValue).sum();
        int spare = total - least() - (youngSize - youngAvailable);
        if (spare <= 0) {
            return sizes;
        }
        int cleanUp = spare;
        for (Map.Entry<ReplicaSet, Integer> entry : sizes.entrySet()) {
            int broken = Math.max(0, Math.min(cleanUp, entry.getValue() - available(entry.getKey())));
            entry.setValue(entry.getValue() - broken);
            cleanUp -= broken;
        }
        int above =
                youngAvailable + old.stream().mapToInt(RollingRules::available).sum() - least();
        for (Map.Entry<ReplicaSet, Integer> entry : sizes.entrySet()) {
            int less = Math.max(0, Math.min(above, entry.getValue()));
            entry.setValue(entry.getValue() - less);
            above -= less;
        }
        return sizes;
    }

    /**
     * The sizes of several active ReplicaSets after the Deployment was scaled in the middle of a change over: each in proportion, the
     * remainder to the largest.
     */
    Map<ReplicaSet, Integer> proportional(List<ReplicaSet> active) {
        int total = active.stream().mapToInt(Replicas::wanted).sum();
        int allowed = wanted > 0 ? most() : 0;
        int toAdd = allowed - total;
        Comparator<ReplicaSet> bySize = Comparator.comparing(Replicas::wanted, Comparator.reverseOrder());
        List<ReplicaSet> sorted = new ArrayList<>(active);
        sorted.sort(bySize.thenComparing(toAdd > 0 ? Revisions.byAge().reversed() : Revisions.byAge()));
        Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
        int added = 0;
        for (ReplicaSet set : sorted) {
            int share = toAdd == 0 ? 0 : proportion(set, toAdd, added);
            sizes.put(set, Replicas.wanted(set) + share);
            added += share;
        }
        if (!sorted.isEmpty()) {
            int rest = toAdd - added;
            sizes.computeIfPresent(sorted.get(0), (set, size) -> Math.max(0, size + rest));
        }
        return sizes;
    }

    private int proportion(ReplicaSet set, int toAdd, int added) {
        int size = Replicas.wanted(set);
        int share =
                size == 0 ? 0 : wanted == 0 ? -size : (int) Math.round((double) size * most() / formerMost(set)) - size;
        int left = toAdd - added;
        return toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    }

    private int formerMost(ReplicaSet set) {
        String former = Revisions.annotations(set).get(Revisions.MAX);
        return former == null ? wanted : Math.max(1, Integer.parseInt(former));
    }

    static int available(ReplicaSet set) {
        return set.getStatus() == null ? 0 : Replicas.orZero(set.getStatus().getAvailableReplicas());
    }
}
