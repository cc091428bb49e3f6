/** The workload under test. */
@NullMarked
package dev.kintsugi.sample;

import org.jspecify.annotations.NullMarked;
