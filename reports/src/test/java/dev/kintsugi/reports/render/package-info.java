/** What people and other programs are shown. */
@NullMarked
package dev.kintsugi.reports.render;

import org.jspecify.annotations.NullMarked;
