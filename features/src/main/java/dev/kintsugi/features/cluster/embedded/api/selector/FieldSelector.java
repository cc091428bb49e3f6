package dev.kintsugi.features.cluster.embedded.api.selector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A field selector: terms like {@code spec.nodeName=node1} or {@code status.phase!=Running}, all of which must hold.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/">Field selectors</a>
 */
public final class FieldSelector {

    private record Term(String field, boolean equal, String value) {}

    /** What a field is when it is missing, where that is not the empty text. */
    private static final Map<String, String> WHEN_MISSING = Map.of(
            "spec.unschedulable", "false",
            "spec.hostNetwork", "false",
            "status.successful", "0",
            "status.replicas", "0");

    private final List<Term> terms;

    private FieldSelector(List<Term> terms) {
        this.terms = List.copyOf(terms);
    }

    /**
     * Parses the query parameter {@code fieldSelector}.
     *
     * @param resolve the stored path of a field that the kind lets clients select by; null if it does not
     * @param unsupported the failure for a field that it does not
     * @throws ApiException 400 if it is malformed or names a field that is not supported
     */
    public static FieldSelector parse(
            String text, Function<String, @Nullable String> resolve, Function<String, ApiException> unsupported) {
        List<Term> terms = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (!part.isEmpty()) {
                terms.add(term(part, resolve, unsupported));
            }
        }
        return new FieldSelector(terms);
    }

    public boolean isEverything() {
        return terms.isEmpty();
    }

    /** The one name that is selected, or null if more than one may be. */
    public @Nullable String name() {
        return terms.stream()
                .filter(term -> term.field().equals("metadata.name") && term.equal())
                .map(Term::value)
                .findFirst()
                .orElse(null);
    }

    /** A stored path and the one value, not empty, that it must have; null if there is no such term. */
    public Map.@Nullable Entry<String, String> exactTerm() {
        return terms.stream()
                .filter(term -> term.equal() && !term.value().isEmpty() && !WHEN_MISSING.containsKey(term.field()))
                .findFirst()
                .map(term -> Map.entry(term.field(), term.value()))
                .orElse(null);
    }

    public boolean matches(ObjectNode object) {
        for (Term term : terms) {
            if (valueOf(object, term.field()).equals(term.value()) != term.equal()) {
                return false;
            }
        }
        return true;
    }

    private static Term term(
            String part, Function<String, @Nullable String> resolve, Function<String, ApiException> unsupported) {
        int at = part.indexOf('=');
        if (at < 0) {
            throw ApiException.badRequest("invalid selector: '" + part + "'; can't understand '" + part + "'");
        }
        boolean equal = at == 0 || part.charAt(at - 1) != '!';
        int valueAt = at + 1 < part.length() && part.charAt(at + 1) == '=' ? at + 2 : at + 1;
        String field = part.substring(0, equal ? at : at - 1).trim();
        String path = resolve.apply(field);
        if (path == null) {
            throw unsupported.apply(field);
        }
        UnaryOperator<String> unescape =
                value -> value.replace("\\,", ",").replace("\\=", "=").replace("\\\\", "\\");
        return new Term(path, equal, unescape.apply(part.substring(valueAt)));
    }

    private static String valueOf(JsonNode object, String field) {
        JsonNode node = object;
        for (String step : field.split("\\.", -1)) {
            node = node.path(step);
        }
        return node.isMissingNode() || node.isNull() ? WHEN_MISSING.getOrDefault(field, "") : node.asText();
    }
}
