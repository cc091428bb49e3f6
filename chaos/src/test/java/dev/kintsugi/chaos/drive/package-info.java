/** Tests. */
@NullMarked
package dev.kintsugi.chaos.drive;

import org.jspecify.annotations.NullMarked;
