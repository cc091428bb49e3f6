package dev.kintsugi.features.cluster.embedded.api.schema;

import org.jspecify.annotations.Nullable;

/**
 * How a strategic merge patch treats one field.
 *
 * @param key the field by which elements of a list are told apart; null for lists of plain values and for objects
 * @param merge whether the list is merged instead of replaced
 * @param retainKeys whether {@code $retainKeys} is expected by clients
 */
public record MergeRule(@Nullable String key, boolean merge, boolean retainKeys) {}
