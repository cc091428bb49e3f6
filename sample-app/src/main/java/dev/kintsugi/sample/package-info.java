/**
 * The workload under test: a small real HTTP service whose faults can be switched on.
 *
 * <p>Whoever reaches {@code /simulate/*} may crash, hang or starve the process; that is what the app is for, and why it
 * must never be exposed outside the cluster it is tested in.
 */
@NullMarked
package dev.kintsugi.sample;

import org.jspecify.annotations.NullMarked;
