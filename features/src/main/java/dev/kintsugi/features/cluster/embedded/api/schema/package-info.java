/** The shape of objects: known fields, types, defaults, rules and merge keys. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.schema;

import org.jspecify.annotations.NullMarked;
