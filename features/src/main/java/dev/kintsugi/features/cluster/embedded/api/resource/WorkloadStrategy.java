package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.child;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.selector.LabelSelector;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Deployments, ReplicaSets, StatefulSets and DaemonSets: a selector, a pod template and how to change over. */
final class WorkloadStrategy implements Strategy {

    private static final String ROLLING_UPDATE = "RollingUpdate";
    private static final String ON_DELETE = "OnDelete";

    private final String kind;

    WorkloadStrategy(String kind) {
        this.kind = kind;
    }

    @Override
    public void setDefaults(ObjectNode workload) {
        ObjectNode spec = spec(workload);
        if (!kind.equals("DaemonSet")) {
            setIfAbsent(spec, "replicas", 1);
        }
        ObjectNode template = child(spec, "template");
        child(template, "metadata");
        PodDefaults.apply(child(template, "spec"));
        switch (kind) {
            case "Deployment" -> {
                rollingUpdate(child(spec, "strategy"), "25%", "25%");
                setIfAbsent(spec, "revisionHistoryLimit", 10);
                setIfAbsent(spec, "progressDeadlineSeconds", 600);
            }
            case "DaemonSet" -> {
                rollingUpdate(child(spec, "updateStrategy"), "1", "0");
                setIfAbsent(spec, "revisionHistoryLimit", 10);
            }
            case "StatefulSet" -> {
                setIfAbsent(spec, "podManagementPolicy", "OrderedReady");
                ObjectNode strategy = child(spec, "updateStrategy");
                setIfAbsent(strategy, "type", ROLLING_UPDATE);
                if (text(strategy, "type").equals(ROLLING_UPDATE)) {
                    setIfAbsent(child(strategy, "rollingUpdate"), "partition", 0);
                }
                ObjectNode retention = child(spec, "persistentVolumeClaimRetentionPolicy");
                setIfAbsent(retention, "whenDeleted", "Retain");
                setIfAbsent(retention, "whenScaled", "Retain");
                setIfAbsent(spec, "revisionHistoryLimit", 10);
            }
            default -> {
                // A ReplicaSet has no way of changing over.
            }
        }
    }

    @Override
    public void prepareCreate(ObjectNode workload) {
        ObjectNode status = workload.putObject("status");
        if (kind.equals("ReplicaSet")) {
            status.put("replicas", 0);
        } else if (kind.equals("StatefulSet")) {
            status.put("replicas", 0).put("availableReplicas", 0);
        } else if (kind.equals("DaemonSet")) {
            status.put("currentNumberScheduled", 0)
                    .put("numberMisscheduled", 0)
                    .put("desiredNumberScheduled", 0)
                    .put("numberReady", 0);
        }
    }

    @Override
    public void validate(ObjectNode workload, List<Cause> causes) {
        JsonNode spec = workload.path("spec");
        for (String number : new String[] {"replicas", "minReadySeconds", "revisionHistoryLimit"}) {
            if (spec.path(number).asLong() < 0) {
                causes.add(PodRules.notNegative("spec." + number, spec.get(number)));
            }
        }
        JsonNode selector = spec.path("selector");
        JsonNode labels = spec.path("template").path("metadata").path("labels");
        if (selector.isMissingNode()) {
            causes.add(Cause.required("spec.selector", ""));
        } else if (LabelSelector.of(selector).isEverything()) {
            causes.add(Cause.invalid(
                    "spec.selector",
                    goSelector(selector),
                    "empty selector is invalid for " + kind.toLowerCase(Locale.ROOT)));
        }
        boolean selects =
                !selector.isMissingNode() && LabelSelector.of(selector).matches(labels);
        if (!selects) {
            causes.add(Cause.invalid(
                    "spec.template.metadata.labels", goLabels(labels), "`selector` does not match template `labels`"));
        }
        NameRules.labels(labels, "spec.template.labels", causes);
        FieldRules.selector(selector, "spec.selector", causes);
        Set<String> claimed = new HashSet<>();
        spec.path("volumeClaimTemplates").forEach(claim -> claimed.add(text(claim.path("metadata"), "name")));
        PodRules.check(spec.path("template").path("spec"), "spec.template.spec", claimed, causes);
        String restart = text(spec.path("template").path("spec"), "restartPolicy");
        if (!restart.equals("Always")) {
            causes.add(Cause.unsupported("spec.template.spec.restartPolicy", quoted(restart), "\"Always\""));
        }
        if (spec.path("template").path("spec").has("activeDeadlineSeconds")) {
            String owner = kind.equals("Deployment") ? "ReplicaSet" : kind;
            causes.add(Cause.forbidden(
                    "spec.template.spec.activeDeadlineSeconds",
                    "activeDeadlineSeconds in " + owner + " is not Supported"));
        }
        switch (kind) {
            case "Deployment" -> validateDeployment(spec, causes);
            case "StatefulSet" -> validateStatefulSet(spec, causes);
            case "DaemonSet" -> validateDaemonSet(spec.path("updateStrategy"), causes);
            default -> {
                // A ReplicaSet has no way of changing over.
            }
        }
    }

    private static void validateStatefulSet(JsonNode spec, List<Cause> causes) {
        String policy = text(spec, "podManagementPolicy");
        if (!policy.equals("OrderedReady") && !policy.equals("Parallel")) {
            causes.add(
                    Cause.invalid("spec.podManagementPolicy", quoted(policy), "must be 'OrderedReady' or 'Parallel'"));
        }
        JsonNode strategy = spec.path("updateStrategy");
        String type = text(strategy, "type");
        JsonNode partition = strategy.path("rollingUpdate").path("partition");
        if (!type.equals(ROLLING_UPDATE) && !type.equals(ON_DELETE)) {
            causes.add(
                    Cause.invalid("spec.updateStrategy", strategy.toString(), "must be 'RollingUpdate' or 'OnDelete'"));
        } else if (type.equals(ON_DELETE) && !strategy.path("rollingUpdate").isEmpty()) {
            causes.add(Cause.invalid(
                    "spec.updateStrategy.rollingUpdate",
                    strategy.path("rollingUpdate").toString(),
                    "only allowed for updateStrategy 'RollingUpdate'"));
        } else if (partition.asLong() < 0) {
            causes.add(PodRules.notNegative("spec.updateStrategy.rollingUpdate.partition", partition));
        }
        FieldRules.notNegative(spec.path("ordinals"), "spec.ordinals", causes, "start");
        for (String moment : new String[] {"whenDeleted", "whenScaled"}) {
            String path = "spec.persistentVolumeClaimRetentionPolicy";
            FieldRules.oneOf(
                    spec.path("persistentVolumeClaimRetentionPolicy"), moment, path, causes, "Delete", "Retain");
        }
    }

    /** Pods are either taken away first or replaced first. */
    private static void validateDaemonSet(JsonNode strategy, List<Cause> causes) {
        String path = "spec.updateStrategy";
        String type = text(strategy, "type");
        if (!type.equals(ROLLING_UPDATE)) {
            FieldRules.oneOf(strategy, "type", path, causes, ON_DELETE, ROLLING_UPDATE);
            return;
        }
        JsonNode rolling = strategy.path("rollingUpdate");
        FieldRules.countOrPercent(rolling, "maxUnavailable", path + ".rollingUpdate", causes);
        FieldRules.countOrPercent(rolling, "maxSurge", path + ".rollingUpdate", causes);
        boolean takes = !isZero(rolling.path("maxUnavailable"));
        boolean surges = !isZero(rolling.path("maxSurge"));
        if (takes && surges) {
            causes.add(Cause.invalid(
                    path + ".rollingUpdate.maxSurge",
                    rolling.path("maxSurge").toString(),
                    "may not be set when maxUnavailable is non-zero"));
        } else if (!takes && !surges) {
            causes.add(Cause.required(path + ".rollingUpdate.maxUnavailable", "cannot be 0 when maxSurge is 0"));
        }
    }

    @Override
    public void validateUpdate(ObjectNode workload, ObjectNode old, List<Cause> causes) {
        JsonNode selector = workload.path("spec").path("selector");
        if (kind.equals("StatefulSet")) {
            ObjectNode mended = workload.path("spec").deepCopy();
            JsonNode before = old.path("spec");
            for (String free : new String[] {
                "replicas",
                "ordinals",
                "template",
                "updateStrategy",
                "persistentVolumeClaimRetentionPolicy",
                "minReadySeconds",
                "revisionHistoryLimit"
            }) {
                Fields.setOrRemove(mended, free, before.get(free));
            }
            if (!mended.equals(before)) {
                causes.add(Cause.forbidden(
                        "spec",
                        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                                + " 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are"
                                + " forbidden"));
            }
        } else if (!selector.equals(old.path("spec").path("selector"))) {
            causes.add(Cause.invalid("spec.selector", goSelector(selector), "field is immutable"));
        }
    }

    /** Deployments alone have it so; the annotations are copied to their ReplicaSets. */
    @Override
    public boolean countsAnnotations() {
        return kind.equals("Deployment");
    }

    private static void validateDeployment(JsonNode spec, List<Cause> causes) {
        JsonNode strategy = spec.path("strategy");
        String type = text(strategy, "type");
        if (!type.equals(ROLLING_UPDATE) && !type.equals("Recreate")) {
            causes.add(Cause.unsupported("spec.strategy.type", quoted(type), "\"Recreate\", \"RollingUpdate\""));
        }
        if (type.equals("Recreate") && strategy.has("rollingUpdate")) {
            causes.add(Cause.forbidden(
                    "spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
        }
        JsonNode rolling = strategy.path("rollingUpdate");
        FieldRules.countOrPercent(rolling, "maxUnavailable", "spec.strategy.rollingUpdate", causes);
        FieldRules.countOrPercent(rolling, "maxSurge", "spec.strategy.rollingUpdate", causes);
        if (isZero(rolling.path("maxUnavailable")) && isZero(rolling.path("maxSurge"))) {
            causes.add(Cause.invalid(
                    "spec.strategy.rollingUpdate.maxUnavailable",
                    rolling.path("maxUnavailable").asText(),
                    "may not be 0 when `maxSurge` is 0"));
        }
        JsonNode deadline = spec.path("progressDeadlineSeconds");
        if (deadline.isNumber()
                && deadline.asLong() <= spec.path("minReadySeconds").asLong()) {
            causes.add(Cause.invalid(
                    "spec.progressDeadlineSeconds", deadline.asText(), "must be greater than minReadySeconds"));
        }
    }

    private static void rollingUpdate(ObjectNode strategy, String maxUnavailable, String maxSurge) {
        setIfAbsent(strategy, "type", ROLLING_UPDATE);
        if (text(strategy, "type").equals(ROLLING_UPDATE)) {
            ObjectNode rolling = child(strategy, "rollingUpdate");
            setIfAbsent(rolling, "maxUnavailable", intOrPercent(maxUnavailable));
            setIfAbsent(rolling, "maxSurge", intOrPercent(maxSurge));
        }
    }

    private static JsonNode intOrPercent(String value) {
        return value.endsWith("%") ? Fields.JSON.textNode(value) : Fields.JSON.numberNode(Integer.parseInt(value));
    }

    private static boolean isZero(JsonNode value) {
        String text = value.asText();
        return text.equals("0") || text.equals("0%");
    }

    private static String goLabels(JsonNode labels) {
        return "map[string]string" + goEntries(labels);
    }

    private static String goEntries(JsonNode labels) {
        if (labels.isMissingNode()) {
            return "(nil)";
        }
        Map<String, String> sorted = new TreeMap<>();
        labels.properties()
                .forEach(label -> sorted.put(label.getKey(), label.getValue().asText()));
        return sorted.entrySet().stream()
                .map(label -> quoted(label.getKey()) + ":" + quoted(label.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String goSelector(JsonNode selector) {
        String labels = selector.path("matchLabels").isMissingNode()
                ? "map[string]string(nil)"
                : "map[string]string" + goEntries(selector.path("matchLabels"));
        return "v1.LabelSelector{MatchLabels:" + labels + ", MatchExpressions:[]v1.LabelSelectorRequirement(nil)}";
    }
}
