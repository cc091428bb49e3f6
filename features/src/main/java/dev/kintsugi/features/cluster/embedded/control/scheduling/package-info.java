/** Which pod goes to which node. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control.scheduling;

import org.jspecify.annotations.NullMarked;
