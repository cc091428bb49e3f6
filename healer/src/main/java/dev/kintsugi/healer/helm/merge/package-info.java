/** Three-way merges as kubectl and Helm make them: what to send so that an object follows its manifest. Pure. */
@NullMarked
package dev.kintsugi.healer.helm.merge;

import org.jspecify.annotations.NullMarked;
