/** Tests. */
@NullMarked
package dev.kintsugi.chaos.model;

import org.jspecify.annotations.NullMarked;
