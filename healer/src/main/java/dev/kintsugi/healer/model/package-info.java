/** What the healer knows and says, in small immutable types of its own: observations, diagnoses, incidents, actions. Pure. */
@NullMarked
package dev.kintsugi.healer.model;

import org.jspecify.annotations.NullMarked;
