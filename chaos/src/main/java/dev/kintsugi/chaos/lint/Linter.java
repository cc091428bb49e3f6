package dev.kintsugi.chaos.lint;

import dev.kintsugi.chaos.guard.Surroundings;
import dev.kintsugi.chaos.lint.Finding.Severity;
import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.manifest.Schema;
import dev.kintsugi.chaos.mesh.Manifests;
import dev.kintsugi.chaos.mesh.Tree;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what is refused, has no effect or never ends, in any kind of Chaos Mesh: against the published schema, the rules of the
 * webhooks, and what Chaos Mesh accepts without a word. With a cluster at hand also against its pods, rights and budgets.
 */
public final class Linter {
    private static final Pattern DNS_SUBDOMAIN =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private static final String API_VERSION = Manifests.GROUP + "/" + Manifests.VERSION;

    private Linter() {}

    /** Looks at all that a file has. */
    public static List<Finding> lint(Manifest.Reading file, String name) {
        Manifest.Problem problem = file.problem();
        if (problem != null) {
            return List.of(new Finding(
                    name, problem.line(), Severity.ERROR, "", "no YAML: " + problem.text(), "correct the line"));
        }
        return file.manifests().stream()
                .flatMap(manifest -> lint(manifest, null).stream())
                .toList();
    }

    /**
     * Looks at one manifest.
     *
     * @param cluster the one that it is for, if there is one at hand
     */
    public static List<Finding> lint(Manifest manifest, @Nullable Surroundings cluster) {
        Findings findings = new Findings(manifest);
        if (!manifest.apiVersion().equals(API_VERSION)) {
            findings.error(
                    "apiVersion",
                    "Chaos Mesh has no version \"" + manifest.apiVersion() + "\"",
                    "write " + API_VERSION);
            return findings.sorted();
        }
        Optional<Schema> schema = Schema.of(manifest.kind());
        if (schema.isEmpty()) {
            unknown(manifest, findings);
            return findings.sorted();
        }
        metadata(manifest, findings);
        schema.get()
                .check(manifest.tree())
                .forEach(mismatch -> findings.error(mismatch.path(), mismatch.problem(), mismatch.fix()));
        WebhookRules.look(manifest, findings);
        List<Part> parts = manifest.parts();
        parts.forEach(part -> FaultRules.look(part, findings));
        Tree spec = manifest.tree().at("spec");
        if (manifest.kind().equals("Schedule")) {
            ScheduleRules.name(manifest.name(), findings);
            ScheduleRules.look(spec, "spec", parts, findings);
            if (spec.at("workflow").exists()) {
                WorkflowRules.look(spec.at("workflow"), "spec.workflow", parts, findings);
            }
        } else if (manifest.kind().equals("Workflow")) {
            WorkflowRules.name(manifest.name(), findings);
            WorkflowRules.look(spec, "spec", parts, findings);
        }
        if (cluster != null) {
            ClusterRules.look(manifest, cluster, findings);
        }
        return findings.sorted();
    }

    /** Faults of clouds and machines are outside of what Kintsugi can tell. */
    private static void unknown(Manifest manifest, Findings findings) {
        if (manifest.kind().isEmpty()) {
            findings.error("kind", "is missing", "write one such as PodChaos, NetworkChaos, Schedule or Workflow");
        } else if (manifest.parts().stream().anyMatch(part -> !part.hitsPods())) {
            findings.warning("kind", manifest.kind() + " is not looked at", "read it with care");
        } else {
            findings.error(
                    "kind",
                    "Chaos Mesh has no kind \"" + manifest.kind() + "\"",
                    "use one such as PodChaos, NetworkChaos, StressChaos, Schedule or Workflow");
        }
    }

    private static void metadata(Manifest manifest, Findings findings) {
        Tree metadata = manifest.tree().at("metadata");
        if (metadata.at("name").exists()) {
            if (!DNS_SUBDOMAIN.matcher(manifest.name()).matches()) {
                findings.error(
                        "metadata.name",
                        "must be a lower case RFC 1123 subdomain",
                        "use lower case letters, digits, '-' and '.', such as checkout-pod-kill");
            }
        } else if (!metadata.at("generateName").exists()) {
            findings.error("metadata.name", "is missing", "give it a name");
        }
    }
}
