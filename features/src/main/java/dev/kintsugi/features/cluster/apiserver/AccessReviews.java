package dev.kintsugi.features.cluster.apiserver;

import dev.kintsugi.features.cluster.embedded.api.spi.Admission.Requester;
import dev.kintsugi.features.cluster.embedded.mesh.ChaosMeshAdmission;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Asks an API server what somebody may do, as Chaos Mesh's webhook does: with the name and the groups alone. */
final class AccessReviews implements ChaosMeshAdmission.Rights {

    private final KubernetesClient client;

    AccessReviews(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public boolean mayCreate(Requester requester, String namespace, String resource) {
        return Boolean.TRUE.equals(client.authorization()
                .v1()
                .subjectAccessReview()
                .create(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(requester.name())
                        .withGroups(requester.groups())
                        .withNewResourceAttributes()
                        .withNamespace(namespace)
                        .withVerb("create")
                        .withGroup(ChaosMeshAdmission.GROUP)
                        .withResource(resource)
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .getStatus()
                .getAllowed());
    }
}
