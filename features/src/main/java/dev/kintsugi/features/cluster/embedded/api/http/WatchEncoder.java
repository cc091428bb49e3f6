package dev.kintsugi.features.cluster.embedded.api.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.resource.Registry;
import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.store.Event;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import dev.kintsugi.features.cluster.embedded.api.view.Table;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.List;

/** Writes the lines of a watch. */
final class WatchEncoder {

    private final ResourceType type;
    private final Accept accept;
    private final Table table;
    private final InstantSource clock;
    private boolean headings = true;

    WatchEncoder(WatchRequest request, InstantSource clock) {
        this.type = request.type();
        this.accept = request.accept();
        this.table = new Table(type, request.include());
        this.clock = clock;
    }

    void append(Buffer buffer, Event.Type event, Item item) {
        begin(buffer, event.name());
        if (accept == Accept.JSON || accept == Accept.YAML) {
            Rendering.appendObject(buffer, type, item);
        } else {
            buffer.appendBuffer(Rendering.bytes(transformed(item.object())));
        }
        end(buffer);
    }

    /** The deletion of what is still there, but no longer selected. */
    void appendGone(Buffer buffer, Item previous, long revision) {
        ObjectNode last = previous.object().deepCopy();
        last.withObjectProperty("metadata").put("resourceVersion", Long.toString(revision));
        begin(buffer, Event.Type.DELETED.name());
        boolean plain = accept == Accept.JSON || accept == Accept.YAML;
        buffer.appendBuffer(Rendering.bytes(plain ? Registry.view(type, last) : transformed(last)));
        end(buffer);
    }

    void appendBookmark(Buffer buffer, long revision) {
        ObjectNode object =
                JsonNodeFactory.instance.objectNode().put("kind", type.kind()).put("apiVersion", type.apiVersion());
        object.putObject("metadata")
                .put("resourceVersion", Long.toString(revision))
                .putNull("creationTimestamp");
        begin(buffer, "BOOKMARK");
        buffer.appendBuffer(Rendering.bytes(object));
        end(buffer);
    }

    /** Only the first table of a watch has headings. */
    private ObjectNode transformed(ObjectNode object) {
        if (accept == Accept.PARTIAL) {
            return Rendering.partial(object);
        }
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.set("resourceVersion", object.path("metadata").path("resourceVersion"));
        ObjectNode one = table.of(List.of(object), metadata, headings, clock.instant());
        headings = false;
        return one;
    }

    private static void begin(Buffer buffer, String event) {
        buffer.appendString("{\"type\":\"" + event + "\",\"object\":");
    }

    private static void end(Buffer buffer) {
        buffer.appendString("}\n");
    }
}
