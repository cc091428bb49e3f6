/** Incidents made durable as {@code Recovery} custom resources. */
@NullMarked
package dev.kintsugi.healer.journal;

import org.jspecify.annotations.NullMarked;
