package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;

/** Answers the kinds that are only asked: who am I, and may I. There is one user, and it may do everything. */
public final class Reviews {

    private static final String USER = "kintsugi-admin";

    private Reviews() {}

    /** The review with its status filled in. */
    public static ObjectNode answer(ResourceType type, JsonNode body) {
        if (!(body instanceof ObjectNode asked)) {
            throw ApiException.badRequest("the object provided is unrecognized (must be of type " + type.kind() + ")");
        }
        ObjectNode review = asked.deepCopy();
        review.put("kind", type.kind()).put("apiVersion", type.apiVersion());
        Fields.metadata(review);
        ObjectNode status = review.putObject("status");
        switch (type.plural()) {
            case "selfsubjectreviews" -> {
                ObjectNode user = status.putObject("userInfo").put("username", USER);
                user.putArray("groups").add("system:masters").add("system:authenticated");
            }
            case "selfsubjectrulesreviews" -> {
                ObjectNode all = status.putArray("resourceRules").addObject();
                all.putArray("verbs").add("*");
                all.putArray("apiGroups").add("*");
                all.putArray("resources").add("*");
                ObjectNode paths = status.putArray("nonResourceRules").addObject();
                paths.putArray("verbs").add("*");
                paths.putArray("nonResourceURLs").add("*");
                status.put("incomplete", false);
            }
            default -> status.put("allowed", true).put("reason", "the embedded cluster has one user, who may do all");
        }
        return review;
    }
}
