/** Manifest files: what is written in them, and on which line. */
@NullMarked
package dev.kintsugi.chaos.manifest;

import org.jspecify.annotations.NullMarked;
