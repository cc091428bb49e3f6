package dev.kintsugi.features.cluster.embedded.node.pod;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;

/** A pod's status as a strategic merge patch of the status subresource. */
public final class StatusPatch {

    private static final ObjectMapper JSON = new ObjectMapper();

    private StatusPatch() {}

    /**
     * All that the kubelet owns, with null for what is not set, so that it goes; conditions of others are not named and so stay. The
     * UID makes the server refuse it (409) when another pod has the name by now.
     */
    public static String of(String uid, PodStatus status) {
        ObjectNode own = JSON.valueToTree(status);
        ArrayNode conditions = own.putArray("conditions");
        for (PodCondition condition : status.getConditions()) {
            if (PodConditions.OWNED.contains(condition.getType())) {
                ObjectNode node = JSON.valueToTree(condition);
                node.put("reason", condition.getReason());
                node.put("message", condition.getMessage());
                conditions.add(node);
            }
        }
        if (status.getPodIP() == null) {
            own.putNull("podIP");
            own.putNull("podIPs");
        }
        ObjectNode patch = JSON.createObjectNode();
        patch.putObject("metadata").put("uid", uid);
        patch.set("status", own);
        return patch.toString();
    }
}
