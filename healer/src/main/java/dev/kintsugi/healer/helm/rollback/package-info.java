/** Rolls a Helm release back in a cluster, write by write as {@code helm rollback} does. */
@NullMarked
package dev.kintsugi.healer.helm.rollback;

import org.jspecify.annotations.NullMarked;
