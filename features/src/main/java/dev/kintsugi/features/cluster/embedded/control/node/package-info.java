/** What becomes of nodes that fall silent, and of their pods. */
@NullMarked
package dev.kintsugi.features.cluster.embedded.control.node;

import org.jspecify.annotations.NullMarked;
