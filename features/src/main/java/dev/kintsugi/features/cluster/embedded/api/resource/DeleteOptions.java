package dev.kintsugi.features.cluster.embedded.api.resource;

import static dev.kintsugi.features.cluster.embedded.api.resource.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an object is to be deleted.
 *
 * @param gracePeriodSeconds null for the object's own
 * @param uid the delete fails if the object has another; empty for any
 * @param resourceVersion the delete fails if the object has another; empty for any
 * @param propagationPolicy {@code Background}, {@code Foreground}, {@code Orphan}, or empty for the default
 * @param dryRun only tried
 */
public record DeleteOptions(
        @Nullable Long gracePeriodSeconds,
        String uid,
        String resourceVersion,
        String propagationPolicy,
        boolean dryRun) {

    /** Nothing asked for. */
    public static final DeleteOptions DEFAULT = new DeleteOptions(null, "", "", "", false);

    private static final Set<String> POLICIES = Set.of("", "Background", "Foreground", "Orphan");

    /** Reads a {@code DeleteOptions} body. */
    public static DeleteOptions of(JsonNode body) {
        JsonNode grace = body.path("gracePeriodSeconds");
        String policy = text(body, "propagationPolicy");
        if (policy.isEmpty() && body.path("orphanDependents").isBoolean()) {
            policy = body.path("orphanDependents").asBoolean() ? "Orphan" : "Background";
        }
        List<String> dryRun = Fields.texts(body.path("dryRun"));
        return new DeleteOptions(
                        grace.isNumber() ? grace.asLong() : null,
                        text(body.path("preconditions"), "uid"),
                        text(body.path("preconditions"), "resourceVersion"),
                        policy,
                        WriteOptions.parse("DeleteOptions", dryRun, "", "", "").dryRun())
                .checked();
    }

    /** This, with what the query of the request says in place of what the body does not say. */
    public DeleteOptions orQuery(@Nullable Long grace, String policy, boolean dry) {
        return new DeleteOptions(
                        gracePeriodSeconds == null ? grace : gracePeriodSeconds,
                        uid,
                        resourceVersion,
                        propagationPolicy.isEmpty() ? policy : propagationPolicy,
                        dryRun || dry)
                .checked();
    }

    /** This for whatever version the object has meanwhile. */
    public DeleteOptions ofAnyVersion() {
        return new DeleteOptions(gracePeriodSeconds, uid, "", propagationPolicy, dryRun);
    }

    private DeleteOptions checked() {
        if (!POLICIES.contains(propagationPolicy)) {
            throw ApiException.invalid(
                    "meta.k8s.io",
                    "DeleteOptions",
                    "",
                    List.of(Cause.unsupported(
                            "propagationPolicy",
                            Fields.quoted(propagationPolicy),
                            "\"Foreground\", \"Background\", \"Orphan\", \"nil\"")));
        }
        return this;
    }
}
