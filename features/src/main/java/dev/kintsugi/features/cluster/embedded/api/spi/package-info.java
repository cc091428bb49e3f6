/** What the owner of an API server plugs into it: admission and container logs. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.spi;

import org.jspecify.annotations.NullMarked;
