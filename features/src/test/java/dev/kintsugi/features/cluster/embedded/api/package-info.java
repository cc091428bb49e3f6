/** Contract tests of the API server: as clients see it, over real sockets. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api;

import org.jspecify.annotations.NullMarked;
