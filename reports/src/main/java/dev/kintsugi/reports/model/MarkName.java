package dev.kintsugi.reports.model;

/** The instants that a scenario looks for, in the order in which they are reported. */
public enum MarkName {
    /** The cluster accepted the experiment. */
    INJECTED,
    /** The fault was seen to have bitten. */
    EFFECT,
    /** The healer published that it saw the fault. */
    DETECTED,
    /** The healer published that it acted. */
    ACTED,
    /** A replacement of what was lost exists (another pod UID, or a higher restart count). */
    REPLACED,
    /** The replacement is Ready. */
    READY,
    /** The replacement is among the ready endpoints of its Service. */
    ENDPOINT,
    /** Users are served again: the first of the requests that stay good. */
    FIRST_GOOD,
    /** Every verification step has passed and stayed good. */
    VERIFIED
}
