package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.setIfAbsent;
import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;

/** Persistent volumes and the claims to them. */
final class StorageStrategies {

    private static final String[] ACCESS_MODES = {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"};

    private StorageStrategies() {}

    private static void accessModes(JsonNode spec, List<Cause> causes) {
        JsonNode modes = spec.path("accessModes");
        if (modes.isEmpty()) {
            causes.add(Cause.required("spec.accessModes", "at least 1 access mode is required"));
        }
        for (JsonNode mode : modes) {
            if (!List.of(ACCESS_MODES).contains(mode.asText())) {
                causes.add(FieldRules.unsupported("spec.accessModes", mode.asText(), ACCESS_MODES));
            }
        }
    }

    static final class Claims implements Strategy {
        private static final String FIXED =
                "spec is immutable after creation except resources.requests for bound claims";

        @Override
        public void setDefaults(ObjectNode claim) {
            setIfAbsent(spec(claim), "volumeMode", "Filesystem");
        }

        @Override
        public void prepareCreate(ObjectNode claim) {
            claim.putObject("status").put("phase", "Pending");
        }

        @Override
        public void validate(ObjectNode claim, List<Cause> causes) {
            JsonNode spec = claim.path("spec");
            accessModes(spec, causes);
            if (!spec.path("resources").path("requests").has("storage")) {
                causes.add(Cause.required("spec.resources[storage]", ""));
            }
        }

        @Override
        public void validateUpdate(ObjectNode claim, ObjectNode old, List<Cause> causes) {
            ObjectNode mended = claim.path("spec").deepCopy();
            JsonNode before = old.path("spec");
            for (String free : new String[] {"resources", "volumeName", "storageClassName"}) {
                boolean open = free.equals("resources") || !before.has(free);
                if (open) {
                    Fields.setOrRemove(mended, free, before.get(free));
                }
            }
            if (!mended.equals(before)) {
                causes.add(Cause.forbidden("spec", FIXED));
            }
        }
    }

    static final class Volumes implements Strategy {
        @Override
        public void setDefaults(ObjectNode volume) {
            ObjectNode spec = spec(volume);
            setIfAbsent(spec, "persistentVolumeReclaimPolicy", "Retain");
            setIfAbsent(spec, "volumeMode", "Filesystem");
        }

        @Override
        public void prepareCreate(ObjectNode volume) {
            volume.putObject("status").put("phase", "Pending");
        }

        @Override
        public void validate(ObjectNode volume, List<Cause> causes) {
            JsonNode spec = volume.path("spec");
            accessModes(spec, causes);
            if (!spec.path("capacity").has("storage")) {
                causes.add(Cause.required("spec.capacity", ""));
            }
            FieldRules.oneOf(spec, "persistentVolumeReclaimPolicy", "spec", causes, "Delete", "Recycle", "Retain");
        }
    }
}
