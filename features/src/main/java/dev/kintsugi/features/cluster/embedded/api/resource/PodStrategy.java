package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.ArrayList;
import java.util.List;

/**
 * Pods: defaults of the spec, what the admission plugins ServiceAccount, DefaultTolerationSeconds and Priority add, the
 * quality of service, and that hardly anything of a pod's spec can change.
 */
final class PodStrategy implements Strategy {

    private static final String IMMUTABLE = "pod updates may not change fields other than"
            + " `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
            + "`spec.tolerations` (only additions to existing tolerations),"
            + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    @Override
    public void setDefaults(ObjectNode pod) {
        ObjectNode spec = spec(pod);
        PodDefaults.apply(spec);
        setIfAbsent(spec, "enableServiceLinks", true);
        for (String list : new String[] {"initContainers", "containers"}) {
            Fields.eachObject(spec.path(list), container -> requests(Fields.child(container, "resources")));
        }
    }

    @Override
    public void prepareCreate(ObjectNode pod) {
        ObjectNode spec = spec(pod);
        setIfAbsent(spec, "serviceAccountName", "default");
        spec.put("serviceAccount", text(spec, "serviceAccountName"));
        addTolerations(spec);
        setIfAbsent(spec, "priority", 0);
        setIfAbsent(spec, "preemptionPolicy", "PreemptLowerPriority");
        ObjectNode status = pod.putObject("status");
        status.put("phase", "Pending").put("qosClass", qualityOfService(spec));
    }

    @Override
    public void prepareUpdate(ObjectNode pod, ObjectNode old) {
        addTolerations(spec(pod));
    }

    @Override
    public void validate(ObjectNode pod, List<Cause> causes) {
        PodRules.check(pod.path("spec"), "spec", causes);
    }

    @Override
    public void validateUpdate(ObjectNode pod, ObjectNode old, List<Cause> causes) {
        ObjectNode mended = pod.path("spec").deepCopy();
        JsonNode before = old.path("spec");
        copyImages(mended.path("containers"), before.path("containers"));
        copyImages(mended.path("initContainers"), before.path("initContainers"));
        Fields.setOrRemove(mended, "activeDeadlineSeconds", before.get("activeDeadlineSeconds"));
        if (containsAll(mended.path("tolerations"), before.path("tolerations"))) {
            Fields.setOrRemove(mended, "tolerations", before.get("tolerations"));
        }
        if (!mended.equals(before)) {
            causes.add(Cause.forbidden("spec", IMMUTABLE));
        }
    }

    /** A limit without a request is also the request; in a pod, but not yet in a template. */
    private static void requests(ObjectNode resources) {
        JsonNode limits = resources.path("limits");
        if (limits.isObject() && !limits.isEmpty()) {
            ObjectNode requests = Fields.child(resources, "requests");
            limits.properties().forEach(limit -> setIfAbsent(requests, limit.getKey(), limit.getValue()));
        }
    }

    /** 300 s of patience with a node that is not ready or not reachable, unless the pod has its own. */
    private static void addTolerations(ObjectNode spec) {
        for (String key : new String[] {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
            boolean has = false;
            for (JsonNode toleration : spec.path("tolerations")) {
                boolean everyKey = text(toleration, "key").isEmpty();
                boolean sameKey = text(toleration, "key").equals(key);
                String effect = text(toleration, "effect");
                has |= (everyKey || sameKey) && (effect.isEmpty() || effect.equals("NoExecute"));
            }
            if (!has) {
                ArrayNode tolerations = spec.withArray("tolerations");
                tolerations
                        .addObject()
                        .put("key", key)
                        .put("operator", "Exists")
                        .put("effect", "NoExecute")
                        .put("tolerationSeconds", 300);
            }
        }
    }

    /**
     * Guaranteed when every container limits cpu and memory and requests just that, BestEffort when none says anything,
     * else Burstable.
     */
    static String qualityOfService(ObjectNode spec) {
        boolean anything = false;
        boolean guaranteed = true;
        List<JsonNode> containers = new ArrayList<>();
        spec.path("initContainers").forEach(containers::add);
        spec.path("containers").forEach(containers::add);
        for (JsonNode container : containers) {
            JsonNode limits = container.path("resources").path("limits");
            JsonNode requests = container.path("resources").path("requests");
            for (String resource : new String[] {"cpu", "memory"}) {
                boolean limited = limits.has(resource);
                boolean requested = requests.has(resource);
                anything |= limited || requested;
                guaranteed &= limited && requested && limits.get(resource).equals(requests.get(resource));
            }
        }
        return !anything ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    private static void copyImages(JsonNode containers, JsonNode before) {
        if (containers.size() == before.size()) {
            for (int i = 0; i < containers.size(); i++) {
                if (containers.get(i) instanceof ObjectNode container) {
                    Fields.setOrRemove(container, "image", before.get(i).get("image"));
                }
            }
        }
    }

    private static boolean containsAll(JsonNode list, JsonNode required) {
        for (JsonNode one : required) {
            boolean found = false;
            for (JsonNode candidate : list) {
                found |= candidate.equals(one);
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }
}
