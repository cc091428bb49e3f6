package dev.kintsugi.features.cluster.embedded.control.model;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.Objects;

/** Pods made from a controller's template. */
public final class PodTemplates {

    private PodTemplates() {}

    /** A pod of the controller that the API server is to name after it. */
    public static PodBuilder newPod(HasMetadata controller, PodTemplateSpec template) {
        ObjectMeta metadata = Objects.requireNonNullElseGet(template.getMetadata(), ObjectMeta::new);
        return new PodBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withGenerateName(controller.getMetadata().getName() + "-")
                        .withNamespace(controller.getMetadata().getNamespace())
                        .withLabels(metadata.getLabels())
                        .withAnnotations(metadata.getAnnotations())
                        .withFinalizers(metadata.getFinalizers())
                        .withOwnerReferences(Owners.referenceTo(controller))
                        .build())
                .withSpec(template.getSpec());
    }
}
