/** Label and field selectors: parsing, with Kubernetes' errors, and matching. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.selector;

import org.jspecify.annotations.NullMarked;
