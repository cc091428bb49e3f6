/** Who a client is, and what it may do. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.access;

import org.jspecify.annotations.NullMarked;
