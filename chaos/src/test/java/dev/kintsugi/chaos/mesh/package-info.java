/** Tests. */
@NullMarked
package dev.kintsugi.chaos.mesh;

import org.jspecify.annotations.NullMarked;
