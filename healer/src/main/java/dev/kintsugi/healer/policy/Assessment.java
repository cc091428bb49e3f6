package dev.kintsugi.healer.policy;

import dev.kintsugi.healer.model.Observation;

/** All that one step is decided on: what is seen, what is wrong with it, and what else is going on. */
public record Assessment(Observation observation, Diagnoser.Finding finding, Circumstances circumstances) {}
