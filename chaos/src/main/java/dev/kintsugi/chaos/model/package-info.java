/** What can be broken, where and for how long: typed, validated experiments. */
@NullMarked
package dev.kintsugi.chaos.model;

import org.jspecify.annotations.NullMarked;
