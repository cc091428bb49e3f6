package dev.kintsugi.chaos.emulation.orchestration;

import dev.kintsugi.chaos.mesh.Tree;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A cluster in virtual time that does what orchestration says, until nobody wants anything more. */
final class VirtualMesh implements World {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MANY = 2000;

    final List<String> told = new ArrayList<>();
    final Map<String, String> logs = new HashMap<>();
    Instant now = START;
    int statusCode = 200;
    Predicate<Change.Create> refused = create -> false;
    private final Orchestration orchestration = new Orchestration(ZoneOffset.UTC);
    private final Map<Item.Ref, Item> objects = new LinkedHashMap<>();
    private final TreeMap<Instant, Integer> looks = new TreeMap<>();
    private int ordinal;

    Item put(String kind, String name, Map<String, Object> spec) {
        Item item = new Item(
                "chaos-mesh.org/v1alpha1",
                kind,
                "shop",
                name,
                "uid-" + ++ordinal,
                "1",
                now,
                false,
                Map.of(),
                Map.of(),
                new Tree(spec),
                new Tree(null));
        objects.put(item.ref(), item);
        return item;
    }

    /** Takes steps until nothing changes. */
    VirtualMesh settle() {
        looks.clear();
        for (int round = 0; round < MANY; round++) {
            boolean changed = false;
            for (Item item : List.copyOf(objects.values())) {
                @Nullable Item current = objects.get(item.ref());
                if (current != null && Orchestration.PLURALS.containsKey(current.kind())) {
                    changed |= carryOut(orchestration.next(current, this, now));
                }
            }
            if (!changed) {
                return this;
            }
        }
        throw new AssertionError("no rest: " + told.subList(Math.max(0, told.size() - 10), told.size()));
    }

    /** Lets time pass, looking whenever somebody asked for it. */
    VirtualMesh advance(Duration duration) {
        Instant end = now.plus(duration);
        settle();
        for (int looksTaken = 0; looksTaken < MANY; looksTaken++) {
            Instant next = looks.isEmpty() ? end : looks.firstKey();
            if (!next.isBefore(end)) {
                now = end;
                return settle();
            }
            now = next.isAfter(now) ? next : now.plusMillis(1);
            settle();
        }
        throw new AssertionError("looks for ever");
    }

    private boolean carryOut(Outcome outcome) {
        outcome.nextLook().ifPresent(time -> looks.merge(time, 1, Integer::sum));
        boolean changed = false;
        for (Change change : outcome.changes()) {
            if (change instanceof Change.Create create && refused.test(create)) {
                tell(create.owner().ref(), create.failed().apply("refused"));
                return false;
            }
            changed |= changes(change);
        }
        return changed;
    }

    private boolean changes(Change change) {
        if (change instanceof Change.Tell tell) {
            tell(tell.about(), tell.notice());
        } else if (change instanceof Change.Create create) {
            create(create);
            return true;
        } else if (change instanceof Change.Delete delete) {
            tell(delete.owner(), delete.deleted());
            return objects.remove(delete.object()) != null;
        } else if (change instanceof Change.Annotate annotate) {
            Item item = item(annotate.object());
            Map<String, String> annotations = new HashMap<>(item.annotations());
            annotations.put(annotate.key(), annotate.value());
            replace(item, annotations, item.status());
            return true;
        } else if (change instanceof Change.EditStatus edit) {
            Item item = item(edit.object());
            Map<String, Object> after = edit.edit().apply(item.status().map());
            if (!after.equals(item.status().map())) {
                replace(item, item.annotations(), new Tree(after));
                return true;
            }
        } else if (change instanceof Change.Probe probe) {
            carryOut(probe.then().apply(new Change.Probed(now, statusCode, statusCode == 0 ? "refused" : "")));
            return true;
        }
        return false;
    }

    private void create(Change.Create create) {
        String name = create.generateName() + String.format("%05d", ++ordinal);
        Item item = new Item(
                create.kind().equals("Pod") ? "v1" : "chaos-mesh.org/v1alpha1",
                create.kind(),
                "shop",
                name,
                "uid-" + ordinal,
                "1",
                now,
                false,
                create.labels(),
                Map.of(),
                new Tree(create.spec()),
                new Tree(null));
        objects.put(item.ref(), item);
        tell(create.owner().ref(), create.created().apply(name));
    }

    private void tell(Item.Ref about, Notice notice) {
        told.add(about.kind() + " " + notice.reason() + ": " + notice.message());
    }

    Item item(Item.Ref ref) {
        return get(ref).orElseThrow(() -> new AssertionError("no " + ref));
    }

    Item one(String kind, String name) {
        return item(new Item.Ref(kind, "shop", name));
    }

    List<Item> all(String kind) {
        return objects.values().stream()
                .filter(item -> item.kind().equals(kind))
                .sorted(Item.BY_AGE)
                .toList();
    }

    /** The nodes made from a template. */
    List<Item> nodes(String template) {
        return all("WorkflowNode").stream()
                .filter(node -> node.spec().at("templateName").text("").equals(template))
                .toList();
    }

    List<String> reasons() {
        return told.stream()
                .map(line -> line.substring(line.indexOf(' ') + 1, line.indexOf(':')))
                .toList();
    }

    void status(Item item, Map<String, Object> status) {
        replace(item(item.ref()), item(item.ref()).annotations(), new Tree(status));
    }

    void annotate(Item item, String key, String value) {
        changes(new Change.Annotate(item.ref(), key, value));
    }

    private void replace(Item item, Map<String, String> annotations, Tree status) {
        objects.put(
                item.ref(),
                new Item(
                        item.apiVersion(),
                        item.kind(),
                        item.namespace(),
                        item.name(),
                        item.uid(),
                        Integer.toString(Integer.parseInt(item.resourceVersion()) + 1),
                        item.createdAt(),
                        item.deleted(),
                        item.labels(),
                        annotations,
                        item.spec(),
                        status));
    }

    @Override
    public List<Item> labelled(String kind, String namespace, String label, String value) {
        return all(kind).stream()
                .filter(item -> value.equals(item.labels().get(label)))
                .toList();
    }

    @Override
    public Optional<Item> get(Item.Ref ref) {
        return Optional.ofNullable(objects.get(ref));
    }

    @Override
    public String log(Item.Ref pod, String container) {
        return logs.getOrDefault(pod.name(), "");
    }
}
