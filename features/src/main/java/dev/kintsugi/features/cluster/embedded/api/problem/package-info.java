/** Failures as Kubernetes words them: {@code Status} bodies and their HTTP codes. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.api.problem;

import org.jspecify.annotations.NullMarked;
