/** The workloads that scenarios put under test. */
@NullMarked
package dev.kintsugi.features.workload;

import org.jspecify.annotations.NullMarked;
