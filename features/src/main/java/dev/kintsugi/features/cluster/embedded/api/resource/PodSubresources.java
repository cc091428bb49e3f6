package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.metadata;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.selector.LabelSelector;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** {@code pods/binding} and {@code pods/eviction}. */
public final class PodSubresources {

    private static final String BUDGETS = "poddisruptionbudgets.policy";

    private final Registry registry;
    private final InstantSource clock;

    public PodSubresources(Registry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** Puts a pod on a node, once, and marks it as scheduled; as the scheduler asks for it. */
    public void bind(ResourceType pods, String namespace, String name, JsonNode binding, boolean dryRun) {
        String node = text(binding.path("target"), "name");
        if (node.isEmpty()) {
            throw ApiException.internal("target.name: Required value");
        }
        registry.change(pods, namespace, name, pod -> {
            String present = text(pod.path("spec"), "nodeName");
            if (!present.isEmpty()) {
                throw bindingConflict(name, "pod " + name + " is already assigned to node \"" + present + "\"");
            }
            if (pod.path("metadata").has("deletionTimestamp")) {
                throw bindingConflict(name, "pod " + name + " is being deleted, cannot be assigned to a host");
            }
            if (dryRun) {
                return pod;
            }
            ObjectNode bound = pod.deepCopy();
            spec(bound).put("nodeName", node);
            JsonNode annotations = binding.path("metadata").path("annotations");
            annotations.properties().forEach(entry -> metadata(bound)
                    .withObjectProperty("annotations")
                    .set(entry.getKey(), entry.getValue()));
            setCondition(bound, condition("PodScheduled"));
            return bound;
        });
    }

    /**
     * Deletes a pod if the disruption budget over it allows. Budgets are not asked for pods that have ended, have not
     * begun or are going anyway. An allowed eviction is charged to the budget before the pod is deleted.
     *
     * @see <a href="https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/">API-initiated eviction</a>
     */
    public void evict(ResourceType pods, String namespace, String name, JsonNode eviction, boolean dryRunQuery) {
        String inBody = text(eviction.path("metadata"), "name");
        if (!inBody.isEmpty() && !inBody.equals(name)) {
            throw ApiException.badRequest("name in URL does not match name in Eviction object");
        }
        DeleteOptions asked = DeleteOptions.of(eviction.path("deleteOptions")).orQuery(null, "", dryRunQuery);
        ObjectNode pod = registry.get(pods, namespace, name).object();
        if (!budgetApplies(pod)) {
            registry.delete(pods, namespace, name, asked);
            return;
        }
        List<Item> budgets = registry.store().list(BUDGETS, namespace).items().stream()
                .filter(budget -> selects(budget.object(), pod))
                .toList();
        if (budgets.size() > 1) {
            throw ApiException.internal(
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }
        if (budgets.size() == 1 && !passesUnready(budgets.get(0).object(), pod)) {
            charge(namespace, text(budgets.get(0).object().path("metadata"), "name"), name, asked.dryRun());
        }
        if (!asked.dryRun()) {
            markDisrupted(pods, namespace, name, asked);
        }
        registry.delete(pods, namespace, name, asked);
    }

    private static boolean budgetApplies(ObjectNode pod) {
        String phase = text(pod.path("status"), "phase");
        boolean over = phase.equals("Succeeded") || phase.equals("Failed") || phase.equals("Pending");
        return !over && !pod.path("metadata").has("deletionTimestamp");
    }

    /** A budget with an empty selector is for every pod of its namespace (policy/v1); one without is for none. */
    private static boolean selects(ObjectNode budget, ObjectNode pod) {
        JsonNode selector = budget.path("spec").path("selector");
        return selector.isObject()
                && LabelSelector.of(selector).matches(pod.path("metadata").path("labels"));
    }

    /**
     * A pod that runs but is not ready does not count for the budget: it may go if the budget's other pods suffice, or
     * always if the budget says so.
     */
    private static boolean passesUnready(ObjectNode budget, ObjectNode pod) {
        for (JsonNode condition : pod.path("status").path("conditions")) {
            if (text(condition, "type").equals("Ready")
                    && text(condition, "status").equals("True")) {
                return false;
            }
        }
        if (text(budget.path("spec"), "unhealthyPodEvictionPolicy").equals("AlwaysAllow")) {
            return true;
        }
        JsonNode status = budget.path("status");
        int desired = status.path("desiredHealthy").asInt();
        return desired > 0 && status.path("currentHealthy").asInt() >= desired;
    }

    private void charge(String namespace, String budgetName, String podName, boolean dryRun) {
        ResourceType budgets = registry.catalog().find("policy", "v1", "poddisruptionbudgets");
        if (budgets == null) {
            throw ApiException.unknownPath();
        }
        registry.change(budgets, namespace, budgetName, budget -> {
            JsonNode status = budget.path("status");
            if (status.path("observedGeneration").asLong()
                    < budget.path("metadata").path("generation").asLong()) {
                throw ApiException.disruptionBudget(
                        "The disruption budget " + budgetName + " is still being processed by the server.", 10);
            }
            int allowed = status.path("disruptionsAllowed").asInt();
            if (allowed <= 0) {
                throw ApiException.disruptionBudget(
                        "The disruption budget " + budgetName + " needs "
                                + status.path("desiredHealthy").asInt() + " healthy pods and has "
                                + status.path("currentHealthy").asInt() + " currently",
                        0);
            }
            if (dryRun) {
                return budget;
            }
            ObjectNode charged = budget.deepCopy();
            ObjectNode chargedStatus = Fields.child(charged, "status").put("disruptionsAllowed", allowed - 1);
            Fields.child(chargedStatus, "disruptedPods").put(podName, now());
            if (allowed == 1) {
                setCondition(
                        charged,
                        Fields.JSON
                                .objectNode()
                                .put("type", "DisruptionAllowed")
                                .put("status", "False")
                                .put("reason", "InsufficientPods")
                                .put("message", "")
                                .put(
                                        "observedGeneration",
                                        status.path("observedGeneration").asLong())
                                .put("lastTransitionTime", now()));
            }
            return charged;
        });
    }

    /** The condition comes in an update of its own, before the deletion; not if the deletion would fail anyway. */
    private void markDisrupted(ResourceType pods, String namespace, String name, DeleteOptions asked) {
        registry.change(pods, namespace, name, pod -> {
            boolean other = !asked.uid().isEmpty() && !asked.uid().equals(text(pod.path("metadata"), "uid"));
            if (other || !asked.resourceVersion().isEmpty()) {
                return pod;
            }
            ObjectNode marked = pod.deepCopy();
            setCondition(
                    marked,
                    condition("DisruptionTarget")
                            .put("reason", "EvictionByEvictionAPI")
                            .put("message", "Eviction API: evicting"));
            return marked;
        });
    }

    private ObjectNode condition(String type) {
        ObjectNode condition = Fields.JSON.objectNode().put("type", type).put("status", "True");
        condition.putNull("lastProbeTime");
        return condition.put("lastTransitionTime", now());
    }

    private static void setCondition(ObjectNode pod, ObjectNode condition) {
        ArrayNode conditions = Fields.child(pod, "status").withArray("conditions");
        for (int i = 0; i < conditions.size(); i++) {
            if (text(conditions.get(i), "type").equals(text(condition, "type"))) {
                conditions.set(i, condition);
                return;
            }
        }
        conditions.add(condition);
    }

    private static ApiException bindingConflict(String name, String why) {
        return ApiException.conflict("", "pods/binding", name, why);
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
