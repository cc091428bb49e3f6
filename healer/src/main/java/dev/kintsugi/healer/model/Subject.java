package dev.kintsugi.healer.model;

/** What kind of thing something is wrong with. */
public enum Subject {
    POD,
    WORKLOAD,
    NODE
}
