package dev.kintsugi.features.recording;

/**
 * How users were served before anything was broken: what recovery is measured against.
 *
 * @param requests how many were looked at
 * @param goodPerSecond good answers per second
 * @param p99Millis 99th percentile of their latency
 */
public record Steadiness(int requests, double goodPerSecond, double p99Millis) {}
