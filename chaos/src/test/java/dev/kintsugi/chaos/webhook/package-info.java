@NullMarked
package dev.kintsugi.chaos.webhook;

import org.jspecify.annotations.NullMarked;
