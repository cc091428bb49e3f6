package dev.kintsugi.features.cluster.embedded.api.ownership;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.schema.FieldTree;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of places in an object, as a tree of path elements in the writing of {@code FieldsV1}: {@code
 * f:NAME}, {@code k:{KEYS}}, {@code v:VALUE}.
 */
final class FieldSet {

    static final FieldSet EMPTY = new FieldSet(false, new TreeMap<>());

    private static final FieldSet LEAF = new FieldSet(true, new TreeMap<>());
    private static final String SELF = ".";
    private static final String FIELD = "f:";

    /** Objects made from one template have equal sets; each is kept once. */
    private static final Map<FieldSet, WeakReference<FieldSet>> POOL = Collections.synchronizedMap(new WeakHashMap<>());

    private final boolean member;
    private final NavigableMap<String, FieldSet> children;
    private final int hash;
    private volatile @Nullable String json;

    private FieldSet(boolean member, NavigableMap<String, FieldSet> children) {
        this.member = member;
        this.children = children;
        this.hash = 31 * children.hashCode() + Boolean.hashCode(member);
    }

    /** Collects places one by one. */
    static final class Builder {
        private boolean member;
        private final NavigableMap<String, Builder> children = new TreeMap<>();

        void add(Collection<String> path) {
            Builder node = this;
            for (String element : path) {
                node = node.children.computeIfAbsent(element, one -> new Builder());
            }
            node.member = true;
        }

        FieldSet build() {
            if (children.isEmpty()) {
                return of(member, new TreeMap<>());
            }
            NavigableMap<String, FieldSet> built = new TreeMap<>();
            children.forEach((element, child) -> built.put(element, child.build()));
            return new FieldSet(member, built);
        }
    }

    /** Reads {@code FieldsV1}. */
    static FieldSet parse(JsonNode fields) {
        return parse(fields, false);
    }

    private static FieldSet parse(JsonNode fields, boolean member) {
        NavigableMap<String, FieldSet> children = new TreeMap<>();
        fields.properties().forEach(entry -> {
            if (!entry.getKey().equals(SELF)) {
                JsonNode child = entry.getValue();
                children.put(entry.getKey(), parse(child, child.isEmpty() || child.has(SELF)));
            }
        });
        return of(member, children);
    }

    private static FieldSet of(boolean member, NavigableMap<String, FieldSet> children) {
        if (children.isEmpty()) {
            return member ? LEAF : EMPTY;
        }
        return new FieldSet(member, children);
    }

    boolean isEmpty() {
        return !member && children.isEmpty();
    }

    boolean isMember() {
        return member;
    }

    /** What of this set is below a path element. */
    FieldSet child(String element) {
        return children.getOrDefault(element, EMPTY);
    }

    FieldSet union(FieldSet other) {
        if (other.isEmpty() || containsAll(other)) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        NavigableMap<String, FieldSet> all = new TreeMap<>(children);
        other.children.forEach((element, set) -> all.merge(element, set, FieldSet::union));
        return of(member || other.member, all);
    }

    boolean containsAll(FieldSet other) {
        if (equals(other)) {
            return true;
        }
        if (other.member && !member) {
            return false;
        }
        for (Map.Entry<String, FieldSet> entry : other.children.entrySet()) {
            FieldSet mine = children.get(entry.getKey());
            if (mine == null || !mine.containsAll(entry.getValue())) {
                return false;
            }
        }
        return true;
    }

    FieldSet intersection(FieldSet other) {
        NavigableMap<String, FieldSet> common = new TreeMap<>();
        children.forEach((element, set) -> {
            FieldSet theirs = other.children.get(element);
            FieldSet both = theirs == null ? EMPTY : set.intersection(theirs);
            if (!both.isEmpty()) {
                common.put(element, both);
            }
        });
        return of(member && other.member, common);
    }

    /** Without the places of another set; what is below these stays. */
    FieldSet minus(FieldSet other) {
        if (other.isEmpty() || isEmpty()) {
            return this;
        }
        NavigableMap<String, FieldSet> left = new TreeMap<>();
        boolean changed = member && other.member;
        for (Map.Entry<String, FieldSet> entry : children.entrySet()) {
            FieldSet theirs = other.children.get(entry.getKey());
            FieldSet rest = theirs == null ? entry.getValue() : entry.getValue().minus(theirs);
            changed |= !rest.equals(entry.getValue());
            if (!rest.isEmpty()) {
                left.put(entry.getKey(), rest);
            }
        }
        return changed ? of(member && !other.member, left) : this;
    }

    /** Without a top-level field and all that is below it. */
    FieldSet withoutField(String name) {
        if (!children.containsKey(FIELD + name)) {
            return this;
        }
        NavigableMap<String, FieldSet> left = new TreeMap<>(children);
        left.remove(FIELD + name);
        return of(member, left);
    }

    /** With every declared field on the way to a place being a place itself. */
    FieldSet withNamedFields(FieldTree tree) {
        NavigableMap<String, FieldSet> all = new TreeMap<>();
        children.forEach((element, set) -> {
            boolean isField = element.startsWith(FIELD);
            String name = isField ? element.substring(FIELD.length()) : "";
            FieldSet deeper = set.withNamedFields(isField ? tree.field(name) : tree.element());
            boolean named = isField && tree.declares(name) && !deeper.children.isEmpty();
            all.put(element, named ? of(true, deeper.children) : deeper);
        });
        return of(member, all);
    }

    /** The places in the writing of people, e.g. {@code .spec.containers[name="a"].image}. */
    List<String> paths() {
        List<String> paths = new ArrayList<>();
        collectPaths("", paths);
        return paths;
    }

    private void collectPaths(String prefix, List<String> paths) {
        if (member) {
            paths.add(prefix);
        }
        children.forEach((element, set) -> set.collectPaths(prefix + PathElements.toText(element), paths));
    }

    /** The one instance of all equal sets. */
    FieldSet pooled() {
        synchronized (POOL) {
            WeakReference<FieldSet> reference = POOL.get(this);
            FieldSet known = reference == null ? null : reference.get();
            if (known != null) {
                return known;
            }
            POOL.put(this, new WeakReference<>(this));
            return this;
        }
    }

    /** As {@code FieldsV1}. */
    ObjectNode toJson() {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        if (member && !children.isEmpty()) {
            object.putObject(SELF);
        }
        children.forEach((element, set) -> object.set(element, set.toJson()));
        return object;
    }

    /** The same as text, made once. */
    String json() {
        String made = json;
        if (made == null) {
            made = PathElements.write(toJson());
            json = made;
        }
        return made;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof FieldSet set
                        && hash == set.hash
                        && member == set.member
                        && children.equals(set.children));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return paths().toString();
    }
}
