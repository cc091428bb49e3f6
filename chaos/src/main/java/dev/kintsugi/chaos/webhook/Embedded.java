package dev.kintsugi.chaos.webhook;

import dev.kintsugi.chaos.mesh.Tree;
import dev.kintsugi.chaos.model.Kind;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Experiments inside a Schedule or a template of a Workflow. They stand in a field of their own for each kind, and break the same
 * rules with the same paths as they would alone. Of the kinds that this project has no rules for, presence and duration are
 * looked at; the schema does the rest.
 */
final class Embedded {
    private static final Map<String, String> BY_SCHEMA_ALONE = Map.of(
            "AWSChaos", "awsChaos",
            "AzureChaos", "azureChaos",
            "BlockChaos", "blockChaos",
            "GCPChaos", "gcpChaos",
            "PhysicalMachineChaos", "physicalmachineChaos");

    private Embedded() {}

    /** The field of a kind; empty when there is no such kind. */
    static Optional<String> field(String type) {
        return Kind.of(type).map(Kind::field).or(() -> Optional.ofNullable(BY_SCHEMA_ALONE.get(type)));
    }

    /** The experiments that are there, by kind. */
    static Map<String, Tree> all(Tree holder) {
        Map<String, Tree> found = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            found.put(kind.text(), holder.at(kind.field()));
        }
        BY_SCHEMA_ALONE.forEach((type, field) -> found.put(type, holder.at(field)));
        found.values().removeIf(spec -> !spec.exists());
        return found;
    }

    /** Looks at the experiment of a kind in its holder. */
    static void check(FieldErrors errors, String path, String type, Tree holder, Instant now) {
        Tree spec = field(type).map(holder::at).orElse(new Tree(null));
        if (!spec.exists()) {
            errors.invalid(path, holder.map(), "parse schedule field error: missing chaos spec " + type);
            return;
        }
        Optional<Kind> kind = Kind.of(type);
        if (kind.isPresent()) {
            Tree full = new Tree(Defaults.experiment(kind.get(), spec, "", now));
            ExperimentRules.check(errors, kind.get(), full);
        } else {
            errors.duration("Spec.Duration", spec.at("duration"));
        }
    }
}
