/** JSON patch, JSON merge patch and strategic merge patch, as pure functions on JSON trees. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.patch;

import org.jspecify.annotations.NullMarked;
