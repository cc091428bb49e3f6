package dev.kintsugi.features.cluster.embedded.control.workload;

import dev.kintsugi.features.cluster.embedded.control.model.Owners;
import dev.kintsugi.features.cluster.embedded.control.model.PodTemplates;
import dev.kintsugi.features.cluster.embedded.control.model.Pods;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The pods of a StatefulSet, each with a name, a place in the order and volumes of its own that stay the same when it is made anew.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-identity">Pod identity</a>
 */
final class StatefulPods {

    static final String REVISION = "controller-revision-hash";

    private static final String POD_NAME = "statefulset.kubernetes.io/pod-name";
    private static final String POD_INDEX = "apps.kubernetes.io/pod-index";

    private StatefulPods() {}

    /** The first place in the order. */
    static int start(StatefulSet set) {
        return set.getSpec().getOrdinals() == null
                ? 0
                : Replicas.orZero(set.getSpec().getOrdinals().getStart());
    }

    /** The place of a pod in the order, by its name; negative if it has none. */
    static int ordinal(StatefulSet set, HasMetadata pod) {
        String prefix = set.getMetadata().getName() + "-";
        String name = pod.getMetadata().getName();
        String ordinal = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        try {
            return ordinal.isEmpty() ? -1 : Integer.parseInt(ordinal);
        } catch (NumberFormatException other) {
            return -1;
        }
    }

    /** The name of the revision that a pod was made from; empty if it does not say. */
    static String revision(Pod pod) {
        return pod.getMetadata().getLabels() == null
                ? ""
                : pod.getMetadata().getLabels().getOrDefault(REVISION, "");
    }

    static boolean runsAndIsReady(Pod pod) {
        return Pods.phase(pod).equals("Running") && Pods.isReady(pod);
    }

    static boolean isHealthy(Pod pod) {
        return runsAndIsReady(pod) && !Pods.isTerminating(pod);
    }

    static Pod newPod(StatefulSet set, PodTemplateSpec template, String revision, int ordinal) {
        String name = set.getMetadata().getName() + "-" + ordinal;
        List<Volume> volumes = new ArrayList<>();
        for (PersistentVolumeClaim claim : claims(set, ordinal)) {
            volumes.add(new VolumeBuilder()
                    .withName(templateName(set, claim, ordinal))
                    .withNewPersistentVolumeClaim(claim.getMetadata().getName(), null)
                    .build());
        }
        List<String> taken = volumes.stream().map(Volume::getName).toList();
        if (template.getSpec().getVolumes() != null) {
            template.getSpec().getVolumes().stream()
                    .filter(volume -> !taken.contains(volume.getName()))
                    .forEach(volumes::add);
        }
        return PodTemplates.newPod(set, template)
                .editMetadata()
                .withGenerateName(set.getMetadata().getName() + "-")
                .withName(name)
                .addToLabels(POD_NAME, name)
                .addToLabels(POD_INDEX, Integer.toString(ordinal))
                .addToLabels(REVISION, revision)
                .endMetadata()
                .editSpec()
                .withHostname(name)
                .withSubdomain(set.getSpec().getServiceName())
                .withVolumes(volumes)
                .endSpec()
                .build();
    }

    private static String templateName(StatefulSet set, PersistentVolumeClaim claim, int ordinal) {
        String ending = "-" + set.getMetadata().getName() + "-" + ordinal;
        String name = claim.getMetadata().getName();
        return name.substring(0, name.length() - ending.length());
    }

    /** The claims of one place in the order; they outlive the pod, and the set unless it says otherwise. */
    static List<PersistentVolumeClaim> claims(StatefulSet set, int ordinal) {
        List<PersistentVolumeClaim> templates = set.getSpec().getVolumeClaimTemplates();
        if (templates == null) {
            return List.of();
        }
        boolean goesWithTheSet = set.getSpec().getPersistentVolumeClaimRetentionPolicy() != null
                && "Delete"
                        .equals(set.getSpec()
                                .getPersistentVolumeClaimRetentionPolicy()
                                .getWhenDeleted());
        return templates.stream()
                .map(template -> new PersistentVolumeClaimBuilder(template)
                        .withStatus(null)
                        .editMetadata()
                        .withName(template.getMetadata().getName() + "-"
                                + set.getMetadata().getName() + "-" + ordinal)
                        .withNamespace(set.getMetadata().getNamespace())
                        .addToLabels(Objects.requireNonNullElse(
                                set.getSpec().getSelector().getMatchLabels(), Map.of()))
                        .withOwnerReferences(goesWithTheSet ? List.of(Owners.dependentOf(set)) : List.of())
                        .endMetadata()
                        .build())
                .toList();
    }
}
