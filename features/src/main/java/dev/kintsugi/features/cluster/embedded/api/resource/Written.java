package dev.kintsugi.features.cluster.embedded.api.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kintsugi.features.cluster.embedded.api.store.Item;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a write.
 *
 * @param object the object after it, in its stored shape
 * @param item the same as stored; null after a dry run
 * @param created whether it was not there before
 * @param warnings for the client
 */
public record Written(ObjectNode object, @Nullable Item item, boolean created, List<String> warnings) {

    static Written stored(Item item, boolean created, List<String> warnings) {
        return new Written(item.object(), item, created, List.copyOf(warnings));
    }

    static Written tried(ObjectNode object, boolean created, List<String> warnings) {
        return new Written(object, null, created, List.copyOf(warnings));
    }
}
