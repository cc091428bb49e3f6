/** The HTTP side: requests to operations, operations to answers, watches to streams. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.http;

import org.jspecify.annotations.NullMarked;
