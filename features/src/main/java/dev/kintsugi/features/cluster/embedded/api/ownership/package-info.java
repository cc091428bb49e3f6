/** Who owns which field of an object: managed fields and the merging of server-side apply. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.ownership;

import org.jspecify.annotations.NullMarked;
