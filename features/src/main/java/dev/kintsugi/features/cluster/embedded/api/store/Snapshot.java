package dev.kintsugi.features.cluster.embedded.api.store;

import java.util.List;

/**
 * Objects as they were at one instant.
 *
 * @param revision the store's resource version at that instant
 * @param items ordered by namespace and name
 */
public record Snapshot(long revision, List<Item> items) {}
