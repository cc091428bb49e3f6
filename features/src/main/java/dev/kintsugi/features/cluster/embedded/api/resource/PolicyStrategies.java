package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;

/** Disruption budgets and autoscalers. */
final class PolicyStrategies {

    private PolicyStrategies() {}

    static final class Budgets implements Strategy {
        @Override
        public void prepareCreate(ObjectNode budget) {
            budget.putObject("status")
                    .put("disruptionsAllowed", 0)
                    .put("currentHealthy", 0)
                    .put("desiredHealthy", 0)
                    .put("expectedPods", 0);
        }

        @Override
        public void validate(ObjectNode budget, List<Cause> causes) {
            JsonNode spec = budget.path("spec");
            if (spec.has("minAvailable") && spec.has("maxUnavailable")) {
                causes.add(
                        Cause.invalid("spec", spec.toString(), "minAvailable and maxUnavailable cannot be both set"));
            }
            FieldRules.countOrPercent(spec, "minAvailable", "spec", causes);
            FieldRules.countOrPercent(spec, "maxUnavailable", "spec", causes);
            FieldRules.oneOf(spec, "unhealthyPodEvictionPolicy", "spec", causes, "AlwaysAllow", "IfHealthyBudget");
            FieldRules.selector(spec.path("selector"), "spec.selector", causes);
        }
    }

    static final class Autoscalers implements Strategy {
        private static final int CPU_PERCENT = 80;

        @Override
        public void setDefaults(ObjectNode autoscaler) {
            ObjectNode spec = spec(autoscaler);
            setIfAbsent(spec, "minReplicas", 1);
            if (spec.path("metrics").isEmpty()) {
                ObjectNode metric = spec.putArray("metrics").addObject().put("type", "Resource");
                metric.putObject("resource")
                        .put("name", "cpu")
                        .putObject("target")
                        .put("type", "Utilization")
                        .put("averageUtilization", CPU_PERCENT);
            }
        }

        @Override
        public void validate(ObjectNode autoscaler, List<Cause> causes) {
            JsonNode spec = autoscaler.path("spec");
            int min = spec.path("minReplicas").asInt();
            int max = spec.path("maxReplicas").asInt();
            if (min < 1) {
                causes.add(
                        Cause.invalid("spec.minReplicas", Integer.toString(min), "must be greater than or equal to 1"));
            }
            if (max < 1) {
                causes.add(Cause.invalid("spec.maxReplicas", Integer.toString(max), "must be greater than 0"));
            }
            if (max < min) {
                causes.add(Cause.invalid(
                        "spec.maxReplicas", Integer.toString(max), "must be greater than or equal to `minReplicas`"));
            }
            FieldRules.required(spec.path("scaleTargetRef"), "kind", "spec.scaleTargetRef", causes);
            FieldRules.required(spec.path("scaleTargetRef"), "name", "spec.scaleTargetRef", causes);
            JsonNode metrics = spec.path("metrics");
            for (int i = 0; i < metrics.size(); i++) {
                String here = "spec.metrics[" + i + "]";
                if (text(metrics.get(i), "type").isEmpty()) {
                    causes.add(Cause.required(here + ".type", "must specify a metric source type"));
                }
                FieldRules.oneOf(
                        metrics.get(i),
                        "type",
                        here,
                        causes,
                        "ContainerResource",
                        "External",
                        "Object",
                        "Pods",
                        "Resource");
            }
        }
    }
}
