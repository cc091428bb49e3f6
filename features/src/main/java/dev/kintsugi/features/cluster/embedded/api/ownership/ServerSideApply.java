package dev.kintsugi.features.cluster.embedded.api.ownership;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.schema.FieldTree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Server-side apply: merges what a client wants into an object, removes what it no longer wants and nobody else does, and
 * refuses to change what others own unless forced to.
 *
 * @param owner who applies
 * @param configuration what it wants
 * @param force whether to take fields from others
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-side apply</a>
 */
public record ServerSideApply(Owner owner, ObjectNode configuration, boolean force) {

    /** kubectl's name for itself when it applies, under which it also takes over what it has applied client-side. */
    private static final String KUBECTL = "kubectl";

    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The object after it, without defaults, and who then owns what. */
    public record Result(ObjectNode object, ManagedFields fields) {}

    private record Conflict(Owner with, FieldSet fields) {}

    /**
     * Applies the configuration to an object that may be empty.
     *
     * @param live without its managed fields
     * @param ignored a top-level field that cannot be written this way and so is nobody's, e.g. {@code status}; or empty
     * @throws ApiException 409 that names the fields and their owners
     * @throws IllegalArgumentException if an element of a list has no key, or one that another has; says where
     */
    public Result apply(ObjectNode live, ManagedFields before, FieldTree tree, String ignored, Instant now) {
        FieldSet wanted = TypedTree.fields(configuration, tree).withoutField(ignored);
        ManagedFields known = before.isEmpty() ? unrecorded(live, tree, now) : before;
        FieldSet last = known.fieldsOf(owner);
        ManagedFields fields = known.with(owner, old -> wanted, null);
        ObjectNode object = prune(TypedTree.merge(live, configuration, tree), fields, last, tree);
        Comparison change = Comparison.of(live, object, tree);
        FieldSet taken = change.added().union(change.modified());
        List<Conflict> conflicts = conflicts(fields, taken);
        if (!force && !conflicts.isEmpty()) {
            FieldSet mine = owner.manager().equals(KUBECTL) ? lastApplied(live, tree) : FieldSet.EMPTY;
            List<Conflict> left = conflicts.stream()
                    .map(conflict ->
                            new Conflict(conflict.with(), conflict.fields().minus(mine)))
                    .filter(conflict -> !conflict.fields().isEmpty())
                    .toList();
            if (!left.isEmpty()) {
                throw refusal(left);
            }
        }
        ManagedFields after = fields.withoutTaken(taken, change.removed(), owner);
        return new Result(object, change.isEmpty() ? after : after.with(owner, own -> own, now));
    }

    /** All that is there, if nobody has recorded whose it is, belongs to an owner of its own. */
    private ManagedFields unrecorded(ObjectNode live, FieldTree tree, Instant now) {
        Owner former = new Owner("before-first-apply", Owner.Operation.UPDATE, owner.apiVersion(), "");
        return ManagedFields.NONE.afterUpdate(former, JsonNodeFactory.instance.objectNode(), live, tree, now);
    }

    /** Takes away what this owner had applied and applies no longer, unless somebody else owns it. */
    private static ObjectNode prune(ObjectNode merged, ManagedFields fields, FieldSet last, FieldTree tree) {
        if (last.isEmpty()) {
            return merged;
        }
        ObjectNode pruned = TypedTree.remove(merged, last.withNamedFields(tree), tree);
        FieldSet all = TypedTree.fieldsSeen(merged, tree).withNamedFields(tree);
        FieldSet owned = FieldSet.EMPTY;
        for (ManagedFields.Entry entry : fields.entries()) {
            owned = owned.union(entry.fields());
        }
        FieldSet kept = TypedTree.fieldsSeen(pruned, tree).withNamedFields(tree).union(owned.withNamedFields(tree));
        pruned = TypedTree.remove(merged, all.minus(kept), tree);
        FieldSet gone = all.minus(TypedTree.fieldsSeen(pruned, tree).withNamedFields(tree));
        return TypedTree.remove(merged, gone.intersection(last.withNamedFields(tree)), tree);
    }

    private List<Conflict> conflicts(ManagedFields fields, FieldSet taken) {
        List<Conflict> conflicts = new ArrayList<>();
        for (ManagedFields.Entry entry : fields.entries()) {
            FieldSet both = entry.fields().intersection(taken);
            if (!entry.owner().isSame(owner) && !both.isEmpty()) {
                conflicts.add(new Conflict(entry.owner(), both));
            }
        }
        conflicts.sort(Comparator.comparing(conflict -> conflict.with().inConflict()));
        return conflicts;
    }

    /** What kubectl has applied client-side and is still as applied. */
    private static FieldSet lastApplied(ObjectNode live, FieldTree tree) {
        String text =
                live.path("metadata").path("annotations").path(LAST_APPLIED).asText();
        try {
            if (text.isEmpty() || !(JSON.readTree(text) instanceof ObjectNode applied)) {
                return FieldSet.EMPTY;
            }
            Comparison change = Comparison.of(applied, live, tree);
            return TypedTree.fieldsSeen(applied, tree)
                    .minus(change.modified())
                    .minus(change.added())
                    .minus(change.removed());
        } catch (JsonProcessingException e) {
            return FieldSet.EMPTY;
        }
    }

    private static ApiException refusal(List<Conflict> conflicts) {
        List<Cause> causes = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Conflict conflict : conflicts) {
            String with = conflict.with().inConflict();
            lines.add("conflicts with " + with + ":");
            for (String path : conflict.fields().paths()) {
                causes.add(new Cause(path, "FieldManagerConflict", "conflict with " + with));
                lines.add("- " + path);
            }
        }
        String message = causes.size() == 1
                ? "Apply failed with 1 conflict: " + causes.get(0).message() + ": "
                        + causes.get(0).field()
                : "Apply failed with " + causes.size() + " conflicts: " + String.join("\n", lines);
        return ApiException.applyConflict(message, causes);
    }
}
