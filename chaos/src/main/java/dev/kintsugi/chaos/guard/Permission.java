package dev.kintsugi.chaos.guard;

import dev.kintsugi.chaos.manifest.Manifest;
import dev.kintsugi.chaos.manifest.Part;
import dev.kintsugi.chaos.mesh.Manifests;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The right to do something.
 *
 * @param group API group, empty for the core one
 * @param resource the name that is asked for: mostly the plural
 * @param namespace where; empty for the whole cluster
 */
public record Permission(String verb, String group, String resource, String namespace) {

    /**
     * What one needs to apply a manifest. The API server asks for the plural in the manifest's own namespace. Chaos Mesh's
     * webhook then asks for itself whether its sender may create the kind in every namespace that is selected, and asks for the
     * kind in lower case: {@code schedule} and {@code workflow}, which are no plurals.
     */
    public static List<Permission> neededFor(Manifest manifest) {
        Set<Permission> needed = new LinkedHashSet<>();
        String kind = manifest.kind();
        needed.add(new Permission("create", Manifests.GROUP, Manifests.plural(kind), manifest.namespace()));
        Set<String> namespaces = new LinkedHashSet<>();
        for (Part part : manifest.parts()) {
            // Within a Schedule or Workflow the webhook fills in no namespace, and then asks for the whole cluster.
            namespaces.addAll(Planner.namespaces(
                    part.spec(), part.setting() == Part.Setting.EXPERIMENT ? manifest.namespace() : ""));
        }
        for (String namespace : namespaces) {
            needed.add(new Permission("create", Manifests.GROUP, kind.toLowerCase(Locale.ROOT), namespace));
        }
        return new ArrayList<>(needed);
    }

    /** {@code create podchaos.chaos-mesh.org in shop}. */
    @Override
    public String toString() {
        return verb + " " + resource + (group.isEmpty() ? "" : "." + group)
                + (namespace.isEmpty() ? " in the whole cluster" : " in " + namespace);
    }
}
