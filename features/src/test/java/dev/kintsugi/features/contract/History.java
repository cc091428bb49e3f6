package dev.kintsugi.features.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.kintsugi.features.contract.Recording.Change;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What became of each object, told by role: the objects of one group (one owner and kind, or one name) are told apart by the order in
 * which they came. Each fact of an object is a sequence of values of its own, so that it does not matter which changes came in one
 * update.
 */
final class History {

    /** A value, and the number of the update in which it was first seen. Numbers of one kind are in the server's order. */
    record Sighting(int update, String value) {}

    /** The values of one fact, no two equal ones after each other. */
    record Track(String kind, String fact, List<Sighting> sightings) {

        private void see(int update, String value) {
            if (sightings.isEmpty() && isCount() && !value.equals("0")) {
                sightings.add(new Sighting(update, "0"));
            }
            if (sightings.isEmpty()
                    || !sightings.get(sightings.size() - 1).value().equals(value)) {
                sightings.add(new Sighting(update, value));
            }
        }

        boolean isCount() {
            return fact.startsWith(Facts.COUNT);
        }

        /** Of a count, its first and last value and where it turned; of anything else all. */
        Track turningPoints() {
            if (!isCount() || sightings.size() < 3) {
                return this;
            }
            List<Sighting> turns = new ArrayList<>();
            for (int i = 0; i < sightings.size(); i++) {
                boolean edge = i == 0 || i == sightings.size() - 1;
                if (edge || Integer.signum(number(i) - number(i - 1)) != Integer.signum(number(i + 1) - number(i))) {
                    turns.add(sightings.get(i));
                }
            }
            return new Track(kind, fact, turns);
        }

        /** The same, but up and down between the same two values more than once is told once: how often is chance. */
        Track required() {
            if (!isCount()) {
                return this;
            }
            List<Sighting> once = new ArrayList<>();
            for (Sighting turn : turningPoints().sightings()) {
                once.add(turn);
                int last = once.size() - 1;
                if (last >= 3
                        && once.get(last).value().equals(once.get(last - 2).value())
                        && once.get(last - 1).value().equals(once.get(last - 3).value())) {
                    once.remove(last);
                    once.remove(last - 1);
                }
            }
            return new Track(kind, fact, once);
        }

        private int number(int index) {
            return Integer.parseInt(sightings.get(index).value());
        }

        List<String> values() {
            return sightings.stream().map(Sighting::value).toList();
        }
    }

    /**
     * One object.
     *
     * @param group what it has in common with those that it could be mistaken for
     * @param tracks by kind and fact; what Events and EndpointSlices say of an object is told here too
     */
    record Subject(String group, int ordinal, String name, String uid, Map<String, Track> tracks) {

        String role() {
            return ordinal == 1 ? group : group + " " + ordinal;
        }

        private void see(String kind, int update, String fact, String value) {
            tracks.computeIfAbsent(kind + ": " + fact, ignored -> new Track(kind, fact, new ArrayList<>()))
                    .see(update, value);
        }
    }

    private static final String GONE = "-";

    /** A pod that goes sooner may be gone before its controller has looked. */
    private static final long LINGERS_MS = 2_500;

    private static final Pattern TOLD_BY_OTHERS = Pattern.compile("endpoint of .*");

    /** Every namespace of a real cluster has this ConfigMap. The embedded one speaks plain HTTP and has no certificate authority. */
    static final String CERTIFICATE = "kube-root-ca.crt";

    /** Mishaps of the recorded machine: a kubelet's cache that had not heard of a ConfigMap yet, a write of two at once. */
    private static final Set<String> INCIDENTAL =
            Set.of("FailedMount", "FailedToUpdateEndpoint", "FailedToUpdateEndpointSlices");

    private final Map<String, Subject> byUid = new LinkedHashMap<>();
    private final Map<String, JsonNode> firstSeen = new LinkedHashMap<>();
    private final Map<String, String> kinds = new HashMap<>();
    private final Map<String, Integer> sizes = new HashMap<>();
    private final Map<String, Set<String>> tellings = new HashMap<>();
    private final Map<String, Set<String>> listed = new HashMap<>();
    private final Map<String, Long> lingering = new HashMap<>();
    private final Map<String, Integer> gone = new HashMap<>();
    private int updates;

    private History() {}

    /**
     * Tells what these events show.
     *
     * @param actedUpon names of objects that something was done to, so that they are not mistaken for others
     */
    static History of(Collection<Change> changes, Collection<String> actedUpon) {
        History history = new History();
        for (Change change : changes) {
            if (!change.kind().equals("Event") && !change.name().equals(CERTIFICATE)) {
                history.firstSeen.putIfAbsent(change.uid(), change.object());
                history.kinds.putIfAbsent(change.uid(), change.kind());
            }
        }
        List.copyOf(history.firstSeen.keySet()).forEach(history::subject);
        changes.forEach(history::add);
        for (Subject subject : history.subjects()) {
            if (actedUpon.contains(subject.name()) && !subject.name().isEmpty()) {
                subject.see("Act", 0, "acted upon", "yes");
            }
        }
        return history;
    }

    Collection<Subject> subjects() {
        return byUid.values();
    }

    private Subject subject(String uid) {
        Subject known = byUid.get(uid);
        if (known != null) {
            return known;
        }
        JsonNode object = firstSeen.getOrDefault(uid, MissingNode.getInstance());
        return register(uid, group(uid, object), object.at("/metadata/name").asText());
    }

    private Subject register(String uid, String group, String name) {
        Subject subject = new Subject(group, sizes.merge(group, 1, Integer::sum), name, uid, new TreeMap<>());
        byUid.put(uid, subject);
        return subject;
    }

    private String group(String uid, JsonNode object) {
        String kind = kinds.getOrDefault(uid, "");
        JsonNode metadata = object.path("metadata");
        for (JsonNode owner : metadata.path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                String ownerUid = owner.path("uid").asText();
                String ownerRole = firstSeen.containsKey(ownerUid)
                        ? subject(ownerUid).role()
                        : owner.path("kind").asText() + " " + owner.path("name").asText();
                return kind + " of " + ownerRole;
            }
        }
        return kind + " "
                + (metadata.has("generateName")
                        ? metadata.path("generateName").asText() + "*"
                        : metadata.path("name").asText());
    }

    private void add(Change change) {
        updates++;
        if (change.name().equals(CERTIFICATE)) {
            return;
        }
        if (change.kind().equals("Event")) {
            event(change);
            return;
        }
        Subject subject = subject(change.uid());
        Map<String, String> facts = Facts.of(change);
        facts.forEach((fact, value) -> subject.see(change.kind(), updates, fact, value));
        if (!change.type().equals("DELETED")) {
            forget(subject, change.kind(), facts);
        } else if (lingering.containsKey(change.uid()) && change.ms() - lingering.get(change.uid()) >= LINGERS_MS) {
            gone.put(change.uid(), updates);
        }
        if (facts.containsKey("deletion")) {
            lingering.putIfAbsent(change.uid(), change.ms());
        }
        if (change.kind().equals("Pod") && change.type().equals("ADDED")) {
            replaced(subject);
        }
        if (change.kind().equals("EndpointSlice")) {
            endpoints(change);
        }
    }

    /** Tells of a pod that took long to go, and whose replacement came only when it had gone. */
    private void replaced(Subject replacement) {
        for (Subject old : List.copyOf(byUid.values())) {
            Integer end = gone.get(old.uid());
            if (end != null && old.group().equals(replacement.group()) && siblingsSince(old) == 1) {
                old.see("Pod", updates, "replaced", "only when it was gone");
            }
        }
    }

    private long siblingsSince(Subject old) {
        int asked = firstUpdate(old, "Pod: deletion");
        return byUid.values().stream()
                .filter(other -> other.group().equals(old.group())
                        && other.tracks().containsKey("Pod: exists")
                        && firstUpdate(other, "Pod: exists") > asked)
                .count();
    }

    private static int firstUpdate(Subject subject, String fact) {
        return Objects.requireNonNull(subject.tracks().get(fact))
                .sightings()
                .get(0)
                .update();
    }

    private void forget(Subject subject, String kind, Map<String, String> facts) {
        for (Track track : subject.tracks().values()) {
            if (track.kind().equals(kind)
                    && !facts.containsKey(track.fact())
                    && !TOLD_BY_OTHERS.matcher(track.fact()).matches()) {
                track.see(updates, track.isCount() ? "0" : GONE);
            }
        }
    }

    /** Told of the object concerned: that there was such an event, and whether again. */
    private void event(Change change) {
        JsonNode object = change.object();
        if (change.type().equals("DELETED")
                || INCIDENTAL.contains(object.path("reason").asText())) {
            return;
        }
        JsonNode concerned = object.path("involvedObject");
        String uid = concerned.path("uid").asText();
        Subject subject = byUid.containsKey(uid)
                ? byUid.get(uid)
                : named(concerned.path("kind").asText(), concerned.path("name").asText(), uid);
        String fact = object.path("type").asText() + " " + object.path("reason").asText();
        Set<String> told = tellings.computeIfAbsent(subject.uid() + subject.name() + fact, ignored -> new HashSet<>());
        told.add(change.uid());
        boolean again = object.path("count").asInt() > 1 || told.size() > 1;
        String source = object.at("/source/component")
                .asText(object.path("reportingComponent").asText());
        subject.see("Event of " + source, updates, fact, again ? "told again" : "told");
    }

    /** Someone who is known by name only, as Nodes are, and Pods to the taint manager. */
    private Subject named(String kind, String name, String uid) {
        for (Subject subject : byUid.values()) {
            if (subject.name().equals(name) && kind.equals(kinds.get(subject.uid()))) {
                return subject;
            }
        }
        kinds.put(uid, kind);
        return register(uid, kind + " " + name, name);
    }

    private void endpoints(Change change) {
        String fact = "endpoint of "
                + change.object()
                        .at("/metadata/labels/kubernetes.io~1service-name")
                        .asText();
        Set<String> here = new HashSet<>();
        if (!change.type().equals("DELETED")) {
            for (JsonNode endpoint : change.object().path("endpoints")) {
                String uid = endpoint.at("/targetRef/uid").asText();
                JsonNode conditions = endpoint.path("conditions");
                here.add(uid);
                subject(uid)
                        .see(
                                change.kind(),
                                updates,
                                fact,
                                "ready " + flag(conditions, "ready") + ", serving " + flag(conditions, "serving")
                                        + ", terminating " + flag(conditions, "terminating"));
            }
        }
        listed.put(change.uid(), here);
        for (Subject subject : byUid.values()) {
            Track track = subject.tracks().get(change.kind() + ": " + fact);
            if (track != null && listed.values().stream().noneMatch(uids -> uids.contains(subject.uid()))) {
                track.see(updates, GONE);
            }
        }
    }

    private static String flag(JsonNode conditions, String name) {
        @Nullable JsonNode value = conditions.get(name);
        return value == null || value.isNull() ? "unsaid" : value.asText();
    }
}
