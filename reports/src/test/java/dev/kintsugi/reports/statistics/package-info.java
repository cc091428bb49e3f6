@NullMarked
package dev.kintsugi.reports.statistics;

import org.jspecify.annotations.NullMarked;
