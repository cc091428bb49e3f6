/**
 * What Chaos Mesh's controllers decide about Schedules, Workflows and StatusChecks. Pure: {@link
 * dev.kintsugi.chaos.emulation.orchestration.Orchestration} is given the object, a view of the world and the time, and says what to
 * change and when to look again.
 */
@NullMarked
package dev.kintsugi.chaos.emulation.orchestration;

import org.jspecify.annotations.NullMarked;
