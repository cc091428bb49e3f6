/** The decisions: what is wrong, what to do about it, when not to, and when it is healed. Pure; time is a parameter. */
@NullMarked
package dev.kintsugi.healer.policy;

import org.jspecify.annotations.NullMarked;
