package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.child;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.eachObject;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.quoted;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;

/** Roles and bindings. */
final class AccessStrategies {

    private static final String GROUP = "rbac.authorization.k8s.io";

    private AccessStrategies() {}

    /** {@code namespaced} tells a Role from a ClusterRole. */
    record Roles(boolean namespaced) implements Strategy {
        @Override
        public void validate(ObjectNode role, List<Cause> causes) {
            JsonNode rules = role.path("rules");
            for (int i = 0; i < rules.size(); i++) {
                rule(rules.get(i), "rules[" + i + "]", causes);
            }
        }

        private void rule(JsonNode rule, String path, List<Cause> causes) {
            if (rule.path("verbs").isEmpty()) {
                causes.add(Cause.required(path + ".verbs", "verbs must contain at least one value"));
            }
            boolean ofPaths = !rule.path("nonResourceURLs").isEmpty();
            if (ofPaths && namespaced) {
                causes.add(Cause.invalid(
                        path + ".nonResourceURLs",
                        goList(rule.path("nonResourceURLs")),
                        "namespaced rules cannot apply to non-resource URLs"));
            }
            if (ofPaths) {
                return;
            }
            if (rule.path("apiGroups").isEmpty()) {
                causes.add(Cause.required(path + ".apiGroups", "resource rules must supply at least one api group"));
            }
            if (rule.path("resources").isEmpty()) {
                causes.add(Cause.required(path + ".resources", "resource rules must supply at least one resource"));
            }
        }

        private static String goList(JsonNode list) {
            List<String> texts = Fields.texts(list).stream().map(Fields::quoted).toList();
            return "[]string{" + String.join(", ", texts) + "}";
        }
    }

    /** {@code namespaced} tells a RoleBinding from a ClusterRoleBinding. */
    record Bindings(boolean namespaced) implements Strategy {
        @Override
        public void setDefaults(ObjectNode binding) {
            setIfAbsent(child(binding, "roleRef"), "apiGroup", GROUP);
            eachObject(binding.path("subjects"), subject -> {
                if (!text(subject, "kind").equals("ServiceAccount")) {
                    setIfAbsent(subject, "apiGroup", GROUP);
                }
            });
        }

        @Override
        public void validate(ObjectNode binding, List<Cause> causes) {
            JsonNode role = binding.path("roleRef");
            FieldRules.oneOf(role, "apiGroup", "roleRef", causes, GROUP);
            if (!text(role, "kind").equals("ClusterRole")
                    && !(namespaced && text(role, "kind").equals("Role"))) {
                causes.add(
                        namespaced
                                ? FieldRules.unsupported("roleRef.kind", text(role, "kind"), "Role", "ClusterRole")
                                : FieldRules.unsupported("roleRef.kind", text(role, "kind"), "ClusterRole"));
            }
            FieldRules.required(role, "name", "roleRef", causes);
            JsonNode subjects = binding.path("subjects");
            for (int i = 0; i < subjects.size(); i++) {
                subject(subjects.get(i), "subjects[" + i + "]", causes);
            }
        }

        private void subject(JsonNode subject, String path, List<Cause> causes) {
            FieldRules.required(subject, "name", path, causes);
            String kind = text(subject, "kind");
            switch (kind) {
                case "ServiceAccount" -> {
                    if (!namespaced && text(subject, "namespace").isEmpty()) {
                        causes.add(Cause.required(path + ".namespace", ""));
                    }
                }
                case "User", "Group" -> FieldRules.oneOf(subject, "apiGroup", path, causes, GROUP);
                default -> causes.add(FieldRules.unsupported(path + ".kind", kind, "ServiceAccount", "User", "Group"));
            }
        }

        @Override
        public void validateUpdate(ObjectNode binding, ObjectNode old, List<Cause> causes) {
            JsonNode role = binding.path("roleRef");
            if (!role.equals(old.path("roleRef"))) {
                String shown = "rbac.RoleRef{APIGroup:" + quoted(text(role, "apiGroup")) + ", Kind:"
                        + quoted(text(role, "kind")) + ", Name:" + quoted(text(role, "name")) + "}";
                causes.add(Cause.invalid("roleRef", shown, "cannot change roleRef"));
            }
        }
    }
}
