/**
 * Helm releases in a cluster: finds those that are ill, and rolls back, write by write as {@code helm rollback} does.
 *
 * <p>{@link dev.kintsugi.healer.helm.cluster.HelmReleases} looks and diagnoses,
 * {@link dev.kintsugi.healer.helm.RollbackPlan#of} decides, and {@link dev.kintsugi.healer.helm.cluster.HelmRollback} acts. The plan
 * has to be written down before it is run: a healer that is given it again finishes what was begun.
 */
@NullMarked
package dev.kintsugi.healer.helm.cluster;

import org.jspecify.annotations.NullMarked;
