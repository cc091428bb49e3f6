/** Turns a run into what people and other programs read. Pure: text in memory, no file is touched. */
@NullMarked
package dev.kintsugi.reports.render;

import org.jspecify.annotations.NullMarked;
