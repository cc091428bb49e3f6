package dev.kintsugi.healer.helm.merge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * What to send so that a live object follows its new manifest: fields that the manifest sets are set, fields that only the old
 * manifest had are removed, and what others put into the object stays.
 *
 * @param contentType of the request
 * @param body empty if there is nothing to do
 */
public record MergePatch(String contentType, ObjectNode body) {

    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final String JSON_MERGE = "application/merge-patch+json";

    /** The groups of the kinds that Helm's client knows as Go types. */
    private static final Set<String> BUILT_IN = Set.of(
            "",
            "admissionregistration.k8s.io",
            "apps",
            "authentication.k8s.io",
            "authorization.k8s.io",
            "autoscaling",
            "batch",
            "certificates.k8s.io",
            "coordination.k8s.io",
            "discovery.k8s.io",
            "events.k8s.io",
            "extensions",
            "flowcontrol.apiserver.k8s.io",
            "networking.k8s.io",
            "node.k8s.io",
            "policy",
            "rbac.authorization.k8s.io",
            "resource.k8s.io",
            "scheduling.k8s.io",
            "storage.k8s.io");

    /**
     * The patch from the old manifest and the live object to the new manifest. Built-in kinds get a strategic merge patch made of
     * all three. Others get a JSON merge patch of old and new manifest alone, so that lists that a controller has extended are
     * not taken for drift: so does Helm 3 ({@code kube.createPatch}).
     */
    public static MergePatch of(ObjectNode oldManifest, ObjectNode newManifest, ObjectNode live) {
        if (isBuiltIn(newManifest.path("apiVersion").asText())) {
            return new MergePatch(STRATEGIC, StrategicMerge.threeWay(oldManifest, newManifest, live));
        }
        return new MergePatch(JSON_MERGE, JsonMerge.twoWay(oldManifest, newManifest));
    }

    /** Whether nothing needs to be sent. */
    public boolean isEmpty() {
        return body.isEmpty();
    }

    private static boolean isBuiltIn(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        return BUILT_IN.contains(group) || apiVersion.equals("apiextensions.k8s.io/v1");
    }
}
