/** Helm releases in a cluster: finds those that are ill, and rolls back, write by write as {@code helm rollback} does. */
@NullMarked
package dev.kintsugi.healer.helm.cluster;

import org.jspecify.annotations.NullMarked;
