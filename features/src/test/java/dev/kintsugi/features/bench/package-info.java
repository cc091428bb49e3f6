/** What the embedded cluster costs, as ratios within one run. Not part of the tests; {@code mvn -Pbench verify} runs them. */
@NullMarked
package dev.kintsugi.features.bench;

import org.jspecify.annotations.NullMarked;
