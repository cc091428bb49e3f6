@NullMarked
package dev.kintsugi.chaos.emulation.orchestration;

import org.jspecify.annotations.NullMarked;
