package dev.kintsugi.features.cluster.embedded.api.http;

import dev.kintsugi.features.cluster.embedded.api.resource.ResourceType;
import dev.kintsugi.features.cluster.embedded.api.view.Table;
import org.jspecify.annotations.Nullable;

/**
 * A watch that is asked for.
 *
 * @param after only changes after this resource version; null for the present objects first
 * @param bookmarks whether the client wants bookmarks
 * @param timeoutSeconds when it ends
 * @param accept how the objects are to look
 * @param include what of the object a table's row carries along
 */
record WatchRequest(
        ResourceType type,
        Selection selection,
        @Nullable Long after,
        boolean bookmarks,
        long timeoutSeconds,
        Accept accept,
        Table.Include include) {}
