/** Tells people and machines what the healer saw and did; may fail without holding up healing. */
@NullMarked
package dev.kintsugi.healer.notify;

import org.jspecify.annotations.NullMarked;
