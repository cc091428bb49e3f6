package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.problem.ApiException;
import dev.kintsugi.features.cluster.embedded.api.problem.Cause;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.store.Key;
import dev.kintsugi.features.cluster.embedded.api.store.Snapshot;
import dev.kintsugi.features.cluster.embedded.api.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads lists, in pages if asked to. All pages of a list show the state of the first; for that the last few lists are
 * remembered, and the continuation of one that is forgotten is answered with 410.
 */
final class Lists {

    private static final int MAX_REMEMBERED = 32;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MATCH = "resourceVersionMatch";
    private static final String NOT_OLDER = "NotOlderThan";
    private static final String EXACT = "Exact";
    private static final String TOO_OLD = "The provided continue parameter is too old to display a consistent list"
            + " result. You can start a new list without the continue parameter.";

    /** A page of a list. */
    record Page(long revision, List<Item> items, String next, long remaining) {}

    private record Remembered(String resource, String namespace, long revision) {}

    private final Store store;
    private final Map<Remembered, Snapshot> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Remembered, Snapshot> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    Lists(Store store) {
        this.store = store;
    }

    Page read(ResourceType type, Selection selection, Call call) {
        checkMatch(call);
        String token = call.parameter("continue");
        Long asked = call.resourceVersion();
        Long limit = call.number("limit");
        if (!token.isEmpty()) {
            if (asked != null && asked != 0) {
                throw ApiException.badRequest("specifying resource version is not allowed when using continue");
            }
            return nextPage(type, selection, token, limit);
        }
        Snapshot snapshot = call.parameter(MATCH).equals(EXACT) && asked != null
                ? store.listAt(type.storage(), selection.namespace(), asked)
                : snapshot(type, selection);
        // Like the watch cache of the real server: at version 0 a limit is not heeded.
        boolean paged = limit != null && limit > 0 && (asked == null || asked != 0);
        return page(type, selection, snapshot, "", paged ? limit : null);
    }

    /** One object is looked up, not searched for. */
    private Snapshot snapshot(ResourceType type, Selection selection) {
        String name = selection.name().isEmpty() ? selection.fields().name() : selection.name();
        boolean one = name != null
                && !name.isEmpty()
                && type.namespaced() != selection.namespace().isEmpty();
        if (!one || name == null) {
            return store.list(type.storage(), selection.namespace());
        }
        long revision = store.revision();
        Item item = store.get(new Key(type.storage(), selection.namespace(), name));
        return new Snapshot(revision, item == null ? List.of() : List.of(item));
    }

    private Page nextPage(ResourceType type, Selection selection, String token, @Nullable Long limit) {
        JsonNode start = parse(token);
        long revision = start.path("rv").asLong();
        Snapshot snapshot;
        synchronized (remembered) {
            snapshot = remembered.get(new Remembered(type.storage(), selection.namespace(), revision));
        }
        if (snapshot == null) {
            throw ApiException.expired(TOO_OLD);
        }
        return page(type, selection, snapshot, start.path("start").asText(), limit);
    }

    private Page page(ResourceType type, Selection selection, Snapshot snapshot, String after, @Nullable Long limit) {
        List<Item> items = snapshot.items().stream()
                .filter(item -> place(item).compareTo(after) > 0 && selection.matches(item))
                .toList();
        if (limit == null || limit <= 0 || items.size() <= limit) {
            return new Page(snapshot.revision(), items, "", 0);
        }
        synchronized (remembered) {
            remembered.put(new Remembered(type.storage(), selection.namespace(), snapshot.revision()), snapshot);
        }
        List<Item> first = items.subList(0, limit.intValue());
        String last = place(first.get(first.size() - 1));
        boolean counted =
                selection.labels().isEverything() && selection.fields().isEverything();
        return new Page(
                snapshot.revision(),
                first,
                token(snapshot.revision(), last),
                counted ? items.size() - first.size() : 0);
    }

    /** Orders as the store does: a namespace's objects before those of the next. */
    private static String place(Item item) {
        return item.key().namespace() + "\u0000" + item.key().name();
    }

    private static String token(long revision, String start) {
        ObjectNode token = JsonNodeFactory.instance
                .objectNode()
                .put("v", "meta.k8s.io/v1")
                .put("rv", revision)
                .put("start", start);
        try {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(token));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static JsonNode parse(String token) {
        byte[] decoded;
        try {
            decoded = Base64.getUrlDecoder().decode(token.getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("invalid continue token: continue key is not valid: " + e.getMessage());
        }
        try {
            return JSON.readTree(decoded);
        } catch (IOException e) {
            throw ApiException.badRequest("invalid continue token: continue key is not valid: invalid character '"
                    + String.format("\\u%04x", decoded[0] & 0xff) + "' looking for beginning of value");
        }
    }

    /** What the options say about versions must make sense together. */
    private static void checkMatch(Call call) {
        String match = call.parameter("resourceVersionMatch");
        if (call.query().containsKey("sendInitialEvents")) {
            throw invalidOptions("sendInitialEvents", "sendInitialEvents is forbidden for list");
        }
        if (match.isEmpty()) {
            return;
        }
        if (call.resourceVersion() == null) {
            throw invalidOptions(MATCH, "resourceVersionMatch is forbidden unless resourceVersion is provided");
        }
        if (!call.parameter("continue").isEmpty()) {
            throw invalidOptions(MATCH, "resourceVersionMatch is forbidden when continue is provided");
        }
        if (!match.equals(EXACT) && !match.equals(NOT_OLDER)) {
            throw ApiException.invalid(
                    "meta.k8s.io",
                    "ListOptions",
                    "",
                    List.of(Cause.unsupported(MATCH, "\"" + match + "\"", "\"\", \"Exact\", \"NotOlderThan\"")));
        }
        if (match.equals(EXACT) && call.parameter("resourceVersion").equals("0")) {
            throw invalidOptions(MATCH, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }
    }

    /** Of a watch that asks for the initial state as events. */
    static ApiException initialEventsRefused(Call call) {
        List<Cause> causes = new ArrayList<>();
        if (!call.parameter(MATCH).equals(NOT_OLDER)) {
            causes.add(
                    Cause.forbidden(MATCH, "sendInitialEvents requires setting resourceVersionMatch to " + NOT_OLDER));
        }
        causes.add(Cause.forbidden(
                "sendInitialEvents",
                "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"));
        return ApiException.invalid("meta.k8s.io", "ListOptions", "", causes);
    }

    private static ApiException invalidOptions(String field, String why) {
        return ApiException.invalid("meta.k8s.io", "ListOptions", "", List.of(Cause.forbidden(field, why)));
    }
}
