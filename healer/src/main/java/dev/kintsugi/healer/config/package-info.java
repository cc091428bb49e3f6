/** Every setting of the healer with its key, default, range and unit, and the rule that refuses bad values. */
@NullMarked
package dev.kintsugi.healer.config;

import org.jspecify.annotations.NullMarked;
