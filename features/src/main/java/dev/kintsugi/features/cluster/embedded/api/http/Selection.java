package dev.kintsugi.features.cluster.embedded.api.http;

import dev.kintsugi.features.cluster.embedded.api.selector.FieldSelector;
import dev.kintsugi.features.cluster.embedded.api.selector.LabelSelector;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.store.Scope;
import java.util.Map;

/**
 * Which objects of a kind a list, a watch or a deletion is about.
 *
 * @param namespace empty for all
 * @param name empty for all
 */
record Selection(String namespace, String name, LabelSelector labels, FieldSelector fields) {

    static Selection of(Route route, Call call) {
        return new Selection(
                route.namespace(),
                route.name(),
                LabelSelector.parse(call.parameter("labelSelector")),
                route.type().fieldSelector(call.parameter("fieldSelector")));
    }

    /** Whether nothing but the namespace narrows it. */
    boolean isEverything() {
        return name.isEmpty() && labels.isEverything() && fields.isEverything();
    }

    /** Outside of which it selects nothing. */
    Scope scope() {
        if (!name.isEmpty()) {
            return new Scope(namespace, "metadata.name", name);
        }
        Map.Entry<String, String> term = fields.exactTerm();
        return term == null ? Scope.in(namespace) : new Scope(namespace, term.getKey(), term.getValue());
    }

    boolean matches(Item item) {
        return (namespace.isEmpty() || namespace.equals(item.key().namespace()))
                && (name.isEmpty() || name.equals(item.key().name()))
                && labels.matches(item.object().path("metadata").path("labels"))
                && fields.matches(item.object());
    }
}
