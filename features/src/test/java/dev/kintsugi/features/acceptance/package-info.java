/** The healer and the embedded cluster as a whole, used as people use them: through the Kubernetes API and by requests. */
@NullMarked
package dev.kintsugi.features.acceptance;

import org.jspecify.annotations.NullMarked;
