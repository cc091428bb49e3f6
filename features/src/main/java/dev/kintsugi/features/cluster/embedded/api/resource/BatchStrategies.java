package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.child;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.time.ZoneId;
import java.util.List;

/** Jobs and CronJobs. */
final class BatchStrategies {

    private BatchStrategies() {}

    /** Jobs: pods that end. */
    static final class Jobs implements Strategy {
        @Override
        public void setDefaults(ObjectNode job) {
            jobDefaults(spec(job));
        }

        /** The job's own label on its pods, and the selector for it. A job without labels gets those of its pods (SetDefaults_Job). */
        private static void select(ObjectNode job) {
            ObjectNode spec = spec(job);
            String uid = text(job.path("metadata"), "uid");
            if (!spec.path("manualSelector").asBoolean() && !spec.has("selector") && !uid.isEmpty()) {
                child(child(spec, "selector"), "matchLabels").put("batch.kubernetes.io/controller-uid", uid);
                ObjectNode labels = child(child(child(spec, "template"), "metadata"), "labels");
                String name = text(job.path("metadata"), "name");
                labels.put("batch.kubernetes.io/controller-uid", uid)
                        .put("batch.kubernetes.io/job-name", name)
                        .put("controller-uid", uid)
                        .put("job-name", name);
            }
        }

        @Override
        public void prepareCreate(ObjectNode job) {
            select(job);
            JsonNode ofPods = job.path("spec").path("template").path("metadata").path("labels");
            if (job.path("metadata").path("labels").isEmpty() && !ofPods.isEmpty()) {
                child(job, "metadata").set("labels", ofPods.deepCopy());
            }
            job.putObject("status");
        }

        @Override
        public void validate(ObjectNode job, List<Cause> causes) {
            JsonNode spec = job.path("spec");
            FieldRules.notNegative(
                    spec,
                    "spec",
                    causes,
                    "parallelism",
                    "completions",
                    "activeDeadlineSeconds",
                    "backoffLimit",
                    "ttlSecondsAfterFinished");
            FieldRules.oneOf(spec, "completionMode", "spec", causes, "Indexed", "NonIndexed");
            failurePolicy(spec, causes);
            template(spec.path("template").path("spec"), "spec.template.spec", causes);
        }

        private static void failurePolicy(JsonNode spec, List<Cause> causes) {
            JsonNode rules = spec.path("podFailurePolicy").path("rules");
            String restart = text(spec.path("template").path("spec"), "restartPolicy");
            if (spec.has("podFailurePolicy") && !restart.equals("Never")) {
                causes.add(Cause.invalid(
                        "spec.template.spec.restartPolicy",
                        quoted(restart),
                        "only \"Never\" is supported when podFailurePolicy is specified"));
            }
            for (int i = 0; i < rules.size(); i++) {
                failureRule(rules.get(i), "spec.podFailurePolicy.rules[" + i + "]", causes);
            }
        }

        private static void failureRule(JsonNode rule, String path, List<Cause> causes) {
            String action = text(rule, "action");
            if (action.isEmpty()) {
                causes.add(Cause.required(path + ".action", "valid values: [\"Count\" \"FailJob\" \"Ignore\"]"));
            }
            FieldRules.oneOf(rule, "action", path, causes, "Count", "FailJob", "Ignore");
            boolean byCode = rule.has("onExitCodes");
            boolean byCondition = !rule.path("onPodConditions").isEmpty();
            if (byCode && byCondition) {
                causes.add(Cause.invalid(
                        path, rule.toString(), "specifying both OnExitCodes and OnPodConditions is not supported"));
            } else if (!byCode && !byCondition) {
                causes.add(Cause.invalid(
                        path, rule.toString(), "specifying one of OnExitCodes and OnPodConditions is required"));
            }
            JsonNode codes = rule.path("onExitCodes");
            FieldRules.oneOf(codes, "operator", path + ".onExitCodes", causes, "In", "NotIn");
            JsonNode values = codes.path("values");
            if (byCode && values.isEmpty()) {
                causes.add(Cause.invalid(path + ".onExitCodes.values", "[]int32{}", "at least one value is required"));
            }
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i).asInt() == 0 && text(codes, "operator").equals("In")) {
                    causes.add(Cause.invalid(
                            path + ".onExitCodes.values[" + i + "]", "0", "must not be 0 for the In operator"));
                }
            }
        }

        /** The pod of a Job ends: it is not restarted for ever. */
        static void template(JsonNode template, String path, List<Cause> causes) {
            PodRules.check(template, path, causes);
            if (text(template, "restartPolicy").equals("Always")) {
                causes.add(Cause.unsupported(path + ".restartPolicy", quoted("Always"), "\"OnFailure\", \"Never\""));
            }
        }

        /**
         * The template of a Job that is suspended and has not begun may still say where its pods go; the completions of an Indexed Job
         * may change together with its parallelism ({@code ValidateJobUpdate}).
         */
        @Override
        public void validateUpdate(ObjectNode job, ObjectNode old, List<Cause> causes) {
            JsonNode spec = job.path("spec");
            JsonNode before = old.path("spec");
            boolean elastic = text(spec, "completionMode").equals("Indexed")
                    && spec.has("completions")
                    && spec.path("completions").equals(spec.path("parallelism"));
            for (String field : new String[] {"completions", "selector", "completionMode", "podFailurePolicy"}) {
                boolean free = field.equals("completions") && elastic;
                if (!free && !before.path(field).equals(spec.path(field))) {
                    causes.add(Cause.invalid("spec." + field, spec.path(field).toString(), "field is immutable"));
                }
            }
            boolean placeable =
                    before.path("suspend").asBoolean() && !old.path("status").has("startTime");
            JsonNode template = spec.path("template");
            JsonNode allowed = placeable ? placed(before.path("template"), template) : before.path("template");
            if (!allowed.equals(template)) {
                causes.add(Cause.invalid("spec.template", template.toString(), "field is immutable"));
            }
        }

        private static JsonNode placed(JsonNode before, JsonNode after) {
            ObjectNode placed = before.deepCopy();
            for (String field : new String[] {"affinity", "nodeSelector", "tolerations", "schedulingGates"}) {
                Fields.setOrRemove(
                        child(placed, "spec"), field, after.path("spec").get(field));
            }
            for (String field : new String[] {"labels", "annotations"}) {
                Fields.setOrRemove(
                        child(placed, "metadata"), field, after.path("metadata").get(field));
            }
            return placed;
        }

        /** A pod template without a restart policy gets Always, which a job then refuses, as in Kubernetes. */
        static void jobDefaults(ObjectNode spec) {
            if (!spec.has("completions") && !spec.has("parallelism")) {
                spec.put("completions", 1).put("parallelism", 1);
            }
            setIfAbsent(spec, "parallelism", 1);
            setIfAbsent(spec, "backoffLimit", 6);
            setIfAbsent(spec, "completionMode", "NonIndexed");
            setIfAbsent(spec, "suspend", false);
            PodDefaults.apply(child(child(spec, "template"), "spec"));
        }
    }

    /** CronJobs: Jobs by the clock. */
    static final class CronJobs implements Strategy {

        private static final int LONGEST_NAME = 52;

        @Override
        public void setDefaults(ObjectNode cronJob) {
            ObjectNode spec = spec(cronJob);
            setIfAbsent(spec, "concurrencyPolicy", "Allow");
            setIfAbsent(spec, "suspend", false);
            setIfAbsent(spec, "successfulJobsHistoryLimit", 3);
            setIfAbsent(spec, "failedJobsHistoryLimit", 1);
            PodDefaults.apply(child(child(child(child(spec, "jobTemplate"), "spec"), "template"), "spec"));
        }

        @Override
        public void prepareCreate(ObjectNode cronJob) {
            cronJob.putObject("status");
        }

        @Override
        public void validate(ObjectNode cronJob, List<Cause> causes) {
            JsonNode spec = cronJob.path("spec");
            schedule(text(spec, "schedule"), causes);
            FieldRules.oneOf(spec, "concurrencyPolicy", "spec", causes, "Allow", "Forbid", "Replace");
            FieldRules.notNegative(
                    spec,
                    "spec",
                    causes,
                    "startingDeadlineSeconds",
                    "successfulJobsHistoryLimit",
                    "failedJobsHistoryLimit");
            zone(spec, causes);
            String template = "spec.jobTemplate.spec.template.spec";
            Jobs.template(Fields.at(cronJob, template), template, causes);
            String name = text(cronJob.path("metadata"), "name");
            if (name.length() > LONGEST_NAME) {
                causes.add(Cause.invalid("metadata.name", quoted(name), "must be no more than 52 characters"));
            }
        }

        private static void zone(JsonNode spec, List<Cause> causes) {
            String zone = text(spec, "timeZone");
            if (!spec.has("timeZone")) {
                return;
            }
            if (zone.isEmpty()) {
                causes.add(Cause.invalid("spec.timeZone", quoted(zone), "timeZone must be nil or non-empty string"));
            } else if (zone.equalsIgnoreCase("Local")) {
                causes.add(Cause.invalid(
                        "spec.timeZone",
                        quoted(zone),
                        "timeZone must be an explicit time zone as defined in" + " https://www.iana.org/time-zones"));
            } else if (!ZoneId.getAvailableZoneIds().contains(zone)) {
                causes.add(Cause.invalid("spec.timeZone", quoted(zone), "unknown time zone " + zone));
            }
        }

        /** Five fields, or a word for a period; what the fields say is for the controller to read. */
        private static void schedule(String schedule, List<Cause> causes) {
            if (schedule.isEmpty()) {
                causes.add(Cause.required("spec.schedule", ""));
            } else if (!schedule.startsWith("@")) {
                List<String> fields = List.of(schedule.trim().split("\\s+"));
                if (fields.size() != 5) {
                    causes.add(Cause.invalid(
                            "spec.schedule",
                            quoted(schedule),
                            "expected exactly 5 fields, found " + fields.size() + ": [" + String.join(" ", fields)
                                    + "]"));
                }
            }
        }
    }
}
