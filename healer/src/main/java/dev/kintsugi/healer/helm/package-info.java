/** Helm releases: what the Secrets say, what is wrong with a release, and which revision to go back to. Pure. */
@NullMarked
package dev.kintsugi.healer.helm;

import org.jspecify.annotations.NullMarked;
