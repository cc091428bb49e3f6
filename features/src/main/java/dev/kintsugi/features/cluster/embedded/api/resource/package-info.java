/** The kinds the server knows, and what Kubernetes' registry does when one of them is written. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.resource;

import org.jspecify.annotations.NullMarked;
