package dev.kintsugi.features.cluster.embedded.api.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.selector.LabelSelector;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.store.Key;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Role-based access control over the roles and bindings of the cluster. The group {@code system:masters} may do
 * everything; everybody else what a rule of a role bound to them says, and nothing more.
 *
 * @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/">Using RBAC authorization</a>
 */
public final class Authorizer {

    private static final String RBAC = ".rbac.authorization.k8s.io";
    private static final int MAX_AGGREGATION = 3;
    private static final String CLUSTER_ROLE = "ClusterRole";

    private final Store store;

    /** Over what is stored at the time of each question. */
    public Authorizer(Store store) {
        this.store = store;
    }

    /**
     * Lets pass what a user may do.
     *
     * @throws ApiException 403 that says who may not do what, and where
     */
    public void require(User user, Attributes asked) {
        if (!allows(user, asked)) {
            throw refusal(user, asked);
        }
    }

    /** Whether a user may do this. */
    public boolean allows(User user, Attributes asked) {
        return user.isMaster() || rules(user, asked.namespace()).stream().anyMatch(rule -> rule.allows(asked));
    }

    /** All rules that a user has in a namespace; without one only those for the whole cluster. */
    List<Rule> rules(User user, String namespace) {
        List<Rule> rules = new ArrayList<>();
        for (Item binding : store.list("clusterrolebindings" + RBAC, "").items()) {
            collect(user, binding.object(), "", rules);
        }
        if (!namespace.isEmpty()) {
            for (Item binding : store.list("rolebindings" + RBAC, namespace).items()) {
                collect(user, binding.object(), namespace, rules);
            }
        }
        return rules;
    }

    private void collect(User user, ObjectNode binding, String namespace, List<Rule> rules) {
        for (JsonNode subject : binding.path("subjects")) {
            if (isSubject(user, subject, namespace)) {
                JsonNode role = role(binding.path("roleRef"), namespace);
                if (role != null) {
                    collectRules(role, 0, rules);
                }
                return;
            }
        }
    }

    private static boolean isSubject(User user, JsonNode subject, String bindingNamespace) {
        String name = subject.path("name").asText();
        return switch (subject.path("kind").asText()) {
            case "User" -> user.name().equals(name);
            case "Group" -> user.groups().contains(name);
            case "ServiceAccount" -> {
                String namespace = subject.path("namespace").asText(bindingNamespace);
                yield user.name().equals(User.SERVICE_ACCOUNT + namespace + ":" + name);
            }
            default -> false;
        };
    }

    private @Nullable ObjectNode role(JsonNode reference, String namespace) {
        boolean clusterRole = reference.path("kind").asText().equals(CLUSTER_ROLE);
        Item role = store.get(new Key(
                (clusterRole ? "clusterroles" : "roles") + RBAC,
                clusterRole ? "" : namespace,
                reference.path("name").asText()));
        return role == null ? null : role.object();
    }

    /** A role with an aggregation rule has also the rules of the cluster roles that it selects. */
    private void collectRules(JsonNode role, int depth, List<Rule> rules) {
        role.path("rules").forEach(rule -> rules.add(Rule.of(rule)));
        JsonNode selectors = role.path("aggregationRule").path("clusterRoleSelectors");
        if (selectors.isEmpty() || depth == MAX_AGGREGATION) {
            return;
        }
        for (Item other : store.list("clusterroles" + RBAC, "").items()) {
            JsonNode labels = other.object().path("metadata").path("labels");
            for (JsonNode selector : selectors) {
                if (LabelSelector.of(selector).matches(labels)) {
                    collectRules(other.object(), depth + 1, rules);
                    break;
                }
            }
        }
    }

    private static ApiException refusal(User user, Attributes asked) {
        String who = "User \"" + user.name() + "\" cannot ";
        if (asked.resource().isEmpty()) {
            return ApiException.forbiddenPath(who + asked.verb() + " path \"" + asked.path() + "\"");
        }
        String where =
                asked.namespace().isEmpty() ? "at the cluster scope" : "in the namespace \"" + asked.namespace() + "\"";
        return ApiException.forbidden(
                asked.group(),
                asked.resource(),
                asked.name(),
                who + asked.verb() + " resource \"" + asked.resourceWithSub() + "\" in API group \"" + asked.group()
                        + "\" " + where);
    }
}
